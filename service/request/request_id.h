#pragma once

#include <absl/random/bit_gen_ref.h>
#include <absl/random/random.h>

#include <string>
#include <string_view>

namespace modelgates::gateway {

// The id of a call in log, trailers and details: the caller's `x-request-id` if it has 1 to 128
// characters of visible ASCII (0x21 to 0x7e), else 32 random hexadecimal digits.
std::string ToRequestId(std::string_view from_caller, absl::BitGenRef random);

}  // namespace modelgates::gateway
