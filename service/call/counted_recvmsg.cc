// Replaces recvmsg, with which gRPC receives, of the program that this is linked into.
//
// It counts the bytes: gRPC does not report the received part of an incomplete message, so only
// here can it be counted in time (docs/adr/0027-calls-come-with-headers.md). And it slows gRPC down
// when more comes than is served: gRPC makes calls of all that it receives, which take a hundred
// times the memory, before any can be refused (docs/adr/0032-receiving-slowly.md).

#include <dlfcn.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <utility>

#include "base/free_pages.h"
#include "base/reported_again.h"
#include "call/byte_counter.h"
#include "call/open_calls.h"

namespace {

using modelgates::gateway::CallsOfGrpc;
using modelgates::gateway::FreePages;
using modelgates::gateway::kMaxReadBytes;
using modelgates::gateway::ReceivedByGrpc;
using modelgates::gateway::ReportAgain;
using modelgates::gateway::ReturnFreePages;

// What is received at once while gRPC keeps too much: a call takes 15 bytes at least.
constexpr size_t kCrowdedBytes = 512;
// Reads after a slow one until free pages are kept again: bursts follow each other.
constexpr int kReadsAfterCrowd = 2048;

// Not the system call: a sanitizer has a recvmsg of its own.
ssize_t Receive(int socket, msghdr* message, int flags) {
  static const auto next = reinterpret_cast<decltype(&recvmsg)>(dlsym(RTLD_NEXT, "recvmsg"));
  return next(socket, message, flags);
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

// What gRPC takes for the calls of a burst must not stay while the next burst takes more.
void KeepMemorySmall(bool slow) {
  static constinit std::atomic<int> reads_left{0};
  if (slow) {
    if (reads_left.exchange(kReadsAfterCrowd) <= 0) ReturnFreePages(FreePages::kAtOnce);
  } else if (reads_left.load(std::memory_order_relaxed) > 0 && reads_left.fetch_sub(1) == 1) {
    ReturnFreePages(FreePages::kSoon);
  }
}

}  // namespace

extern "C" [[gnu::visibility("default")]] ssize_t recvmsg(int socket, msghdr* message, int flags) {
  // A thread of gRPC receives as long as there is something to receive, and hands over no call
  // meanwhile. When it has received as much as it may at once, it is told that there is no more.
  thread_local int last_socket = -1;
  thread_local size_t at_once = 0;
  const bool slow = ReceivedByGrpc().crowded() || CallsOfGrpc().TooMany();
  KeepMemorySmall(slow);
  if (socket != std::exchange(last_socket, socket)) at_once = 0;
  if (at_once >= (slow ? kCrowdedBytes : kMaxReadBytes)) {
    at_once = 0;
    if (ReportAgain(socket)) {
      errno = EAGAIN;
      return -1;
    }
  }
  const ssize_t received =
      slow ? ReceiveSlowly(socket, message, flags) : Receive(socket, message, flags);
  if (received <= 0) {
    at_once = 0;
    return received;
  }
  const auto bytes = static_cast<size_t>(received);
  ReceivedByGrpc().Add(bytes);
  at_once += bytes;
  return received;
}
