#include "support/notify_socket.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>

namespace modelgates::gateway {

NotifySocket::NotifySocket(Kind kind) : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  name_ = (kind == Kind::kAbstract ? "@" : "") + (folder_ / "socket").string();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(name_.begin(), name_.end(), address.sun_path);
  if (kind == Kind::kAbstract) address.sun_path[0] = '\0';
  EXPECT_EQ(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address),
                 static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size())),
            0);
}

std::string NotifySocket::Receive() const {
  pollfd readable{.fd = socket_.get(), .events = POLLIN, .revents = 0};
  if (poll(&readable, 1, 60'000) != 1) return "";
  char message[4096];
  const ssize_t size = recv(socket_.get(), message, sizeof(message), 0);
  return size < 0 ? "" : std::string(message, static_cast<size_t>(size));
}

bool NotifySocket::HasMessage() const {
  pollfd readable{.fd = socket_.get(), .events = POLLIN, .revents = 0};
  return poll(&readable, 1, 0) == 1;
}

}  // namespace modelgates::gateway
