#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include <optional>
#include <stop_token>

#include "config/config.h"
#include "resilience/retrier.h"
#include "upstream/rpc.h"

namespace modelgates::gateway {

// When we answer a call at the latest: the caller's deadline, or the default one, at most
// `max_deadline` away, less a margin, so that the caller receives our typed answer and not its own
// bare DEADLINE_EXCEEDED. The margin is a twentieth of the time left, 10 ms to 100 ms.
//
// nullopt: less than 100 ms are left, too little to send anything (DEADLINE_TOO_SHORT).
// `caller_deadline`: TimePoint::max() when the caller set none.
std::optional<TimePoint> OwnDeadline(const Config& config, TimePoint caller_deadline,
                                     TimePoint now);

// How a call is sent: the gateway's retry policy, overridden by the call's `retries`, which passed
// validation and may be null.
CallOptions MakeCallOptions(const Config& config, Rpc rpc, const oauth::v1::RetryConfig* retries,
                            TimePoint started, TimePoint deadline, std::stop_token stop);

}  // namespace modelgates::gateway
