#include "gateway/service_manager.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>

#include "base/descriptor.h"

namespace modelgates::gateway {
namespace {

// systemd tells by it which of two reloads a READY=1 belongs to.
int64_t MonotonicMicroseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

bool IsSocket(std::string_view name) {
  return name.size() > 1 && name.size() < sizeof(sockaddr_un::sun_path) &&
         (name.front() == '/' || name.front() == '@');
}

}  // namespace

ServiceManager::ServiceManager(std::string_view socket) {
  if (IsSocket(socket)) socket_ = socket;
}

ServiceManager ServiceManager::OfThisProcess() {
  const char* const socket = std::getenv("NOTIFY_SOCKET");
  return ServiceManager(socket != nullptr ? socket : "");
}

void ServiceManager::Ready() const { Send("READY=1"); }

void ServiceManager::Reloading() const {
  Send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", MonotonicMicroseconds()));
}

void ServiceManager::Stopping() const { Send("STOPPING=1"); }

void ServiceManager::Send(std::string_view state) const {
  if (socket_.empty()) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(socket_.begin(), socket_.end(), address.sun_path);
  if (socket_.front() == '@') address.sun_path[0] = '\0';
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  const Descriptor sender(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sendto(sender.get(), state.data(), state.size(), MSG_NOSIGNAL,
         reinterpret_cast<const sockaddr*>(&address), length);
}

}  // namespace modelgates::gateway
