#pragma once

#include <cstdint>

#include "base/json_reader.h"

namespace modelgates::gateway {

struct LaxInteger {
  enum class Kind : uint8_t {
    kNone,  // not an integer
    kHuge,  // one that int64 cannot hold
    kFits,  // `value`
  };
  Kind kind = Kind::kNone;
  int64_t value = 0;
};

// An integer as the SDK's models accept it (REST contract, section 4): 7, 7.0, 7e0, "7" and "7.0"
// are seven, true is one; 7.5 and null are not integers. Computed from the digits, so nothing is
// rounded.
LaxInteger ReadLaxInteger(JsonValue& value);

}  // namespace modelgates::gateway
