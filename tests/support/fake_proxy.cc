#include "support/fake_proxy.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <utility>

#include "support/loopback.h"

namespace modelgates::gateway {
namespace {

// Moves what there is from one socket to the other; false at the end.
bool Move(int from, int to) {
  std::array<char, 16384> buffer;
  const ssize_t count = recv(from, buffer.data(), buffer.size(), 0);
  return count > 0 && send(to, buffer.data(), static_cast<size_t>(count), MSG_NOSIGNAL) == count;
}

}  // namespace

FakeProxy::FakeProxy(int target_port, std::string answer)
    : target_port_(target_port),
      answer_(std::move(answer)),
      listen_fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      stop_fd_(eventfd(0, EFD_CLOEXEC)) {
  port_ = BindToLoopback(listen_fd_);
  listen(listen_fd_, 16);
  thread_ = std::thread([this] { Run(); });
}

FakeProxy::~FakeProxy() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(stop_fd_, &one, sizeof(one));
  thread_.join();
  close(listen_fd_);
  close(stop_fd_);
}

std::string FakeProxy::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

std::vector<std::string> FakeProxy::Heads() const {
  const std::lock_guard lock(mutex_);
  return heads_;
}

void FakeProxy::Run() {
  for (;;) {
    std::array<pollfd, 2> waiting{{{stop_fd_, POLLIN, 0}, {listen_fd_, POLLIN, 0}}};
    poll(waiting.data(), waiting.size(), -1);
    if (waiting[0].revents != 0) return;
    const int client = accept(listen_fd_, nullptr, nullptr);
    if (client < 0) continue;
    ServeTunnel(client);
    close(client);
  }
}

void FakeProxy::ServeTunnel(int client) {
  std::string head;
  char c = 0;
  while (!head.ends_with("\r\n\r\n") && recv(client, &c, 1, 0) == 1) head += c;
  {
    const std::lock_guard lock(mutex_);
    heads_.push_back(head);
  }
  send(client, answer_.data(), answer_.size(), MSG_NOSIGNAL);
  if (answer_.find(" 200 ") == std::string::npos) return;

  const int target = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(target_port_);
  bool open = connect(target, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  while (open) {
    std::array<pollfd, 3> waiting{
        {{stop_fd_, POLLIN, 0}, {client, POLLIN, 0}, {target, POLLIN, 0}}};
    poll(waiting.data(), waiting.size(), -1);
    if (waiting[0].revents != 0) break;
    if (waiting[1].revents != 0) open = Move(client, target);
    if (open && waiting[2].revents != 0) open = Move(target, client);
  }
  close(target);
}

}  // namespace modelgates::gateway
