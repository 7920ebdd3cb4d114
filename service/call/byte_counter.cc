#include "call/byte_counter.h"

namespace modelgates::gateway {

ByteCounter& ReceivedByGrpc() {
  static constinit ByteCounter counter;  // global, because recvmsg takes no context
  return counter;
}

}  // namespace modelgates::gateway
