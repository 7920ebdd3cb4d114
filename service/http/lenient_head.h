#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// The head of an answer in the form that RFC 9112 requires, made from one that it only tolerates.
struct LenientHead {
  enum class Kind : uint8_t {
    kNone,        // not a head that is handled here
    kIncomplete,  // such a head, not complete yet
    kBroken,      // both kinds of line ends: readers would disagree on where a field ends
    kComplete,
  };

  Kind kind = Kind::kNone;
  std::string text{};  // with kComplete
  size_t used = 0;     // bytes of the original head
};

// Rewrites the head at the start of `bytes`:
//
//   - lines that all end with LF alone (RFC 9112, 2.2) end with CRLF;
//   - a status line that ends after its code gets the space before its empty reason (4).
//
// `searched`: bytes in which no end of the head was found before; updated.
LenientHead ReadLenientHead(std::string_view bytes, size_t& searched);

}  // namespace modelgates::gateway
