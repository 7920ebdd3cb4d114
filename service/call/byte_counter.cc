#include "call/byte_counter.h"

namespace modelgates::gateway {

ByteCounter& ReceivedByGrpc() {
  static constinit ByteCounter counter;  // counted_recvmsg.cc has no other way to it
  return counter;
}

}  // namespace modelgates::gateway
