#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// The head of an answer as RFC 9112 wants it, made of one that it only tolerates.
struct LenientHead {
  enum class Kind : uint8_t {
    kNone,        // not one of those that are read here
    kIncomplete,  // one, so far
    kBroken,      // both line ends: where a field ends would depend on the reader
    kComplete,
  };

  Kind kind = Kind::kNone;
  std::string text{};  // with kComplete
  size_t used = 0;     // bytes that it was made of
};

// Rewrites the head at the start of `bytes`:
//
//   - lines that all end with LF alone (RFC 9112, 2.2) end with CRLF;
//   - a status line that ends after its code gets the space before its empty reason (4).
//
// `searched`: bytes in which no end of the head was found before; updated.
LenientHead ReadLenientHead(std::string_view bytes, size_t& searched);

}  // namespace modelgates::gateway
