// Replaces recvmsg of the program that this is linked into, by which gRPC receives. What came is
// counted: gRPC tells nobody how much of a message has come until it is complete. And receiving
// waits for what was received before: gRPC makes all of it calls, which take a hundred times the
// memory, and hands them over when a thread has time. Nothing else can act on either in time
// (docs/adr/0027-calls-come-with-headers.md, docs/adr/0028-memory-of-a-call.md).

#include <dlfcn.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/reported_again.h"
#include "call/byte_counter.h"

namespace {

using modelgates::gateway::ReceivedByGrpc;
using modelgates::gateway::ReportAgain;

// What is received at once while gRPC keeps too much: a call takes 15 bytes at least.
constexpr size_t kCrowdedBytes = 512;

// Not the system call: a sanitizer has a recvmsg of its own.
ssize_t Receive(int socket, msghdr* message, int flags) {
  static const auto next = reinterpret_cast<decltype(&recvmsg)>(dlsym(RTLD_NEXT, "recvmsg"));
  return next(socket, message, flags);
}

size_t Room(const msghdr& message) {
  size_t room = 0;
  for (size_t i = 0; i < message.msg_iovlen; ++i) room += message.msg_iov[i].iov_len;
  return room;
}

ssize_t ReceiveSlowly(int socket, msghdr* message, int flags) {
  constexpr timespec kMoment{.tv_sec = 0, .tv_nsec = 1'000'000};
  nanosleep(&kMoment, nullptr);
  if (message->msg_iovlen == 0) return Receive(socket, message, flags);
  iovec& first = message->msg_iov[0];
  const size_t room = std::exchange(first.iov_len, std::min(first.iov_len, kCrowdedBytes));
  const size_t pieces = std::exchange(message->msg_iovlen, 1);
  const ssize_t received = Receive(socket, message, flags);
  first.iov_len = room;
  message->msg_iovlen = pieces;
  return received;
}

}  // namespace

extern "C" [[gnu::visibility("default")]] ssize_t recvmsg(int socket, msghdr* message, int flags) {
  // A thread of gRPC receives as long as there is something to receive, and hands over no call
  // meanwhile. When it has received all that it asked for, it is told that there is no more.
  thread_local int full_socket = -1;
  if (socket == std::exchange(full_socket, -1) && ReportAgain(socket)) {
    errno = EAGAIN;
    return -1;
  }
  const bool slow = ReceivedByGrpc().crowded();
  const ssize_t received =
      slow ? ReceiveSlowly(socket, message, flags) : Receive(socket, message, flags);
  if (received <= 0) return received;
  const auto bytes = static_cast<size_t>(received);
  ReceivedByGrpc().Add(bytes);
  if (bytes >= (slow ? kCrowdedBytes : Room(*message))) full_socket = socket;
  return received;
}
