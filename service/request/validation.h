#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include <string>
#include <vector>

#include "config/config.h"

namespace modelgates::gateway {

// One wrong field of a request.
struct Violation {
  std::string
      field;  // as in the proto, e.g. "retries.backoff.exponent" or "retries.status_codes[2]"
  std::string rule;  // what it must be; never holds the value
  oauth::v1::ErrorReason reason;
};

// All that is wrong with a request, in the order of its fields. Empty: it can be sent. Bounds and
// their sources are said in oauth.proto.
std::vector<Violation> Validate(const oauth::v1::CreateAuthCodeRequest& request,
                                const Config& config);
std::vector<Violation> Validate(const oauth::v1::ExchangeAuthCodeRequest& request,
                                const Config& config);

}  // namespace modelgates::gateway
