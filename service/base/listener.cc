#include "base/listener.h"

#include <absl/strings/str_cat.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include "base/host_port.h"
#include "base/unix_socket.h"

namespace modelgates::gateway {
namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

bool HasIpv6() {
  const int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

absl::Status CannotListen(const std::string& address, const std::string& why) {
  return absl::UnavailableError(absl::StrCat("cannot listen on ", address, ": ", why));
}

int PortOf(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port
                   : reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

// A socket that listens on `address`, or -1 and errno. `port` replaces its port unless it is 0.
int ListenOn(const addrinfo& address, int port) {
  const int fd = socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
  if (fd < 0) return -1;
  // A port with connections in TIME_WAIT can be bound again; a port in use cannot.
  const int on = 1;
  const int off = 0;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  // [::] means every address, also of IPv4.
  if (address.ai_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  sockaddr_storage bound{};
  __builtin_memcpy(&bound, address.ai_addr, address.ai_addrlen);
  if (port != 0 && address.ai_family == AF_INET6) {
    reinterpret_cast<sockaddr_in6*>(&bound)->sin6_port = htons(static_cast<uint16_t>(port));
  } else if (port != 0) {
    reinterpret_cast<sockaddr_in*>(&bound)->sin_port = htons(static_cast<uint16_t>(port));
  }
  if (bind(fd, reinterpret_cast<sockaddr*>(&bound), address.ai_addrlen) == 0 &&
      listen(fd, SOMAXCONN) == 0) {
    return fd;
  }
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> Listener::Bind(const std::string& address) {
  const std::optional<std::string_view> path = UnixSocketPath(address);
  std::unique_ptr<Listener> listener(new Listener());
  absl::Status bound = path ? listener->BindPath(std::string(*path)) : listener->BindPort(address);
  if (!bound.ok()) return bound;
  listener->stop_ = eventfd(0, EFD_CLOEXEC);
  if (listener->stop_ < 0) return CannotListen(address, std::generic_category().message(errno));
  return listener;
}

absl::Status Listener::BindPath(const std::string& path) {
  const int fd = ListenOnUnixSocket(path);
  if (fd < 0) return CannotListen(path, std::generic_category().message(errno));
  listeners_.push_back(fd);
  return absl::OkStatus();
}

absl::Status Listener::BindPort(const std::string& address) {
  const std::optional<HostPort> split = SplitHostPort(address);
  if (!split) return CannotListen(address, "it has no port");
  std::string host(WithoutBrackets(split->host));
  if (host == "0.0.0.0" || host == "::") host = HasIpv6() ? "::" : "0.0.0.0";
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failure = getaddrinfo(host.c_str(), std::string(split->port).c_str(), &hints, &found);
  if (failure != 0) {
    return CannotListen(address, gai_strerror(failure));
  }
  const AddressList list(found, &freeaddrinfo);

  for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
    const int fd = ListenOn(*entry, port_);
    if (fd < 0 && (errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT)) continue;
    if (fd < 0) {
      return CannotListen(address, std::generic_category().message(errno));
    }
    listeners_.push_back(fd);
    port_ = PortOf(fd);
  }
  if (listeners_.empty()) return CannotListen(address, "no such address");
  return absl::OkStatus();
}

Listener::~Listener() { Close(); }

void Listener::Start(Accepted accepted, Failed failed) {
  accepted_ = std::move(accepted);
  failed_ = std::move(failed);
  thread_ = std::thread([this] { Run(); });
}

void Listener::Close() {
  if (thread_.joinable()) {
    eventfd_write(stop_, 1);
    thread_.join();
  }
  if (stop_ >= 0) close(std::exchange(stop_, -1));
  for (const int fd : listeners_) close(fd);
  listeners_.clear();
}

void Listener::Run() const {
  std::vector<pollfd> polled = {{stop_, POLLIN, 0}};
  for (const int fd : listeners_) polled.push_back({fd, POLLIN, 0});
  while (true) {
    if (poll(polled.data(), polled.size(), -1) < 0) continue;
    // Connections that are already in the queue are accepted before the end.
    const bool stops = polled.front().revents != 0;
    for (size_t i = 1; i < polled.size(); ++i) {
      if (stops || polled[i].revents != 0) AcceptSome(polled[i].fd);
    }
    if (stops) return;
  }
}

void Listener::AcceptSome(int listener) const {
  // At most the length of the queue, so that new connections cannot prolong this without end.
  for (int i = 0; i < SOMAXCONN; ++i) {
    sockaddr_storage peer;
    socklen_t size = sizeof(peer);
    const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0 && getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) {
      // The peer has closed it, as port scanners and health checks of load balancers do. gRPC would
      // log an error.
      close(fd);
    } else if (fd >= 0) {
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      accepted_(listener, fd);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      if (failed_) failed_(errno);
      // The connection stays in the queue until a descriptor is free; polling would use all CPU.
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      return;
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return;
    }
  }
}

}  // namespace modelgates::gateway
