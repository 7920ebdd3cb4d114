#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include <vector>

#include "config/config.h"
#include "failure/violation.h"

namespace modelgates::gateway {

// All violations of a request, in the order of its fields. Empty: it can be sent. oauth.proto has
// the bounds and their sources.
std::vector<Violation> Validate(const oauth::v1::CreateAuthCodeRequest& request,
                                const Config& config);
std::vector<Violation> Validate(const oauth::v1::ExchangeAuthCodeRequest& request,
                                const Config& config);

}  // namespace modelgates::gateway
