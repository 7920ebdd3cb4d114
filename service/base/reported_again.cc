#include "base/reported_again.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <atomic>

#include "base/descriptor.h"

namespace modelgates::gateway {
namespace {

// Setting the least that is worth a report makes the kernel look whether one is due.
bool SetLeast(int socket) {
  constexpr int kOneByte = 1;
  return setsockopt(socket, SOL_SOCKET, SO_RCVLOWAT, &kOneByte, sizeof(kOneByte)) == 0;
}

// Tried with a connection to ourselves: a kernel may accept the option and report nothing.
bool KernelReportsAgain() {
  constexpr int kWaitMs = 1000;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof(address);
  const Descriptor listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const Descriptor sender(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (bind(listener.get(), any, size) != 0 || listen(listener.get(), 1) != 0) return false;
  if (getsockname(listener.get(), any, &size) != 0) return false;
  if (connect(sender.get(), any, size) != 0) return false;
  const Descriptor receiver(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  const Descriptor epoll(epoll_create1(EPOLL_CLOEXEC));
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  if (epoll_ctl(epoll.get(), EPOLL_CTL_ADD, receiver.get(), &event) != 0) return false;
  if (send(sender.get(), "x", 1, MSG_NOSIGNAL) != 1) return false;
  if (epoll_wait(epoll.get(), &event, 1, kWaitMs) != 1) return false;
  return SetLeast(receiver.get()) && epoll_wait(epoll.get(), &event, 1, 0) == 1;
}

std::atomic<bool> g_has_unix_sockets = false;

}  // namespace

bool ReportAgain(int socket) {
  static const bool can = KernelReportsAgain();
  return can && !g_has_unix_sockets.load(std::memory_order_relaxed) && SetLeast(socket);
}

void ReportNothingAgain() { g_has_unix_sockets = true; }

}  // namespace modelgates::gateway
