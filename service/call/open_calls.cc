#include "call/open_calls.h"

namespace modelgates::gateway {

OpenCalls& CallsOfGrpc() {
  static constinit OpenCalls calls;  // counted_recvmsg.cc has no other way to it
  return calls;
}

}  // namespace modelgates::gateway
