// Replaces recvmsg, by which gRPC receives, in the program that this file is linked into, and
// counts the bytes. gRPC does not report the received part of an incomplete message, so this is the
// only place to count it in time (docs/adr/0027-calls-come-with-headers.md).

#include <dlfcn.h>
#include <sys/socket.h>
#include <time.h>

#include "call/byte_counter.h"

extern "C" [[gnu::visibility("default")]] ssize_t recvmsg(int socket, msghdr* message, int flags) {
  // The next definition, not the system call, because sanitizers intercept recvmsg, too.
  static const auto next = reinterpret_cast<decltype(&recvmsg)>(dlsym(RTLD_NEXT, "recvmsg"));
  const ssize_t received = next(socket, message, flags);
  if (received > 0 && modelgates::gateway::ReceivedByGrpc().Add(static_cast<uint64_t>(received))) {
    constexpr timespec kMoment{.tv_sec = 0, .tv_nsec = 1'000'000};
    nanosleep(&kMoment, nullptr);
  }
  return received;
}
