#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include <string>

namespace modelgates::gateway {

// One wrong field of a request.
struct Violation {
  // As in the proto: "retries.backoff.exponent", "retries.status_codes[2]".
  std::string field;
  std::string rule;  // what it must be; never contains the value
  oauth::v1::ErrorReason reason;
};

}  // namespace modelgates::gateway
