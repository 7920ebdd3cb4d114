#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace modelgates::gateway {

enum class Io : uint8_t {
  kDone,
  kWouldBlock,
  kClosed,  // by the peer
  kBroken,
};

// What became of sending or receiving once, without waiting.
struct IoResult {
  Io io;
  size_t bytes = 0;  // with kDone, more than 0
};

// For the log: "Connection refused (errno 111)".
std::string ErrnoText(int error);

}  // namespace modelgates::gateway
