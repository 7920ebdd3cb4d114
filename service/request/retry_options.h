#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include <optional>
#include <stop_token>

#include "config/config.h"
#include "resilience/retrier.h"
#include "upstream/rpc.h"

namespace modelgates::gateway {

// The time by which the gateway answers a call: the caller's deadline or the default, at most
// `max_deadline` away, less a margin, so that the caller receives the gateway's typed error and not
// its own DEADLINE_EXCEEDED without details. The margin is a twentieth of the time left, 10 ms to
// 100 ms.
//
// nullopt: less than 100 ms are left; nothing is sent (DEADLINE_TOO_SHORT).
// `caller_deadline`: TimePoint::max() when the caller set none.
std::optional<TimePoint> OwnDeadline(const Config& config, TimePoint caller_deadline,
                                     TimePoint now);

// How a call is sent: the gateway's retry policy, overridden by the call's `retries`, which passed
// validation and may be null.
RetryOptions MakeRetryOptions(const Config& config, Rpc rpc, const oauth::v1::RetryConfig* retries,
                              TimePoint started, TimePoint deadline, std::stop_token stop);

}  // namespace modelgates::gateway
