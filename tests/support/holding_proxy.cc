#include "support/holding_proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include "support/loopback.h"

namespace modelgates::gateway {
namespace {

// How soon a connection notices Hold and Release.
constexpr int kPollMilliseconds = 5;

int ConnectTo(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  return fd;
}

// Appends what there is; false at the end.
bool ReadInto(std::string& text, int fd) {
  std::array<char, 16 * 1024> buffer;
  const ssize_t count = recv(fd, buffer.data(), buffer.size(), 0);
  if (count > 0) text.append(buffer.data(), static_cast<size_t>(count));
  return count > 0;
}

}  // namespace

HoldingProxy::~HoldingProxy() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
}

void HoldingProxy::Hold() {
  const std::lock_guard lock(mutex_);
  held_up_to_ = made_;
}

void HoldingProxy::Release() {
  std::unique_lock lock(mutex_);
  const int after = made_ - held_up_to_;
  held_up_to_ = 0;
  ended_.wait_for(lock, std::chrono::seconds(20), [&] { return open_ <= after; });
}

void HoldingProxy::Drop() {
  const std::lock_guard lock(mutex_);
  drops_ = true;
}

bool HoldingProxy::Drops() {
  const std::lock_guard lock(mutex_);
  return drops_;
}

void HoldingProxy::Relay(FakeRedis::Session& session) {
  {
    const std::lock_guard lock(mutex_);
    ++made_;
    ++open_;
  }
  const int server = ConnectTo(port_);
  std::string to_server;
  std::string to_client;
  bool client_open = true;
  for (bool server_open = true; server_open;) {
    std::array<pollfd, 2> waiting{
        {{client_open ? session.fd() : -1, POLLIN, 0}, {server, POLLIN, 0}}};
    poll(waiting.data(), waiting.size(), kPollMilliseconds);
    if (waiting[0].revents != 0) client_open = ReadInto(to_server, session.fd());
    if (waiting[1].revents != 0) server_open = ReadInto(to_client, server);
    if (Drops()) {
      to_server.clear();
      to_client.clear();
    }
    if (client_open) session.Send(to_client);
    to_client.clear();
    const std::lock_guard lock(mutex_);
    if (stopped_) break;
    if (session.number() <= held_up_to_) continue;
    if (!to_server.empty()) send(server, to_server.data(), to_server.size(), MSG_NOSIGNAL);
    to_server.clear();
    if (!client_open) shutdown(server, SHUT_WR);
  }
  close(server);
  const std::lock_guard lock(mutex_);
  --open_;
  ended_.notify_all();
}

}  // namespace modelgates::gateway
