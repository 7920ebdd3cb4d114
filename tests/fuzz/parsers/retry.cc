#include "fuzz/parsers/input.h"
#include "fuzz/parsers/targets.h"
#include "resilience/backoff.h"
#include "resilience/http_date.h"
#include "resilience/retry_policy.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

RetryPolicy PolicyOf(Input& input) {
  RetryPolicy policy;
  policy.max_attempts = static_cast<int>(input.Below(32)) - 8;
  policy.initial_interval = milliseconds(input.Below(65'536)) - milliseconds(1'000);
  policy.max_interval = milliseconds(input.Below(65'536)) - milliseconds(1'000);
  policy.exponent = static_cast<double>(input.Below(1'000)) / 100 - 1;
  policy.jitter = milliseconds(input.Below(65'536)) - milliseconds(1'000);
  policy.max_retry_after = milliseconds(input.Below(65'536));
  policy.retry_connection_errors = input.Below(2) == 1;
  return policy;
}

HttpResult ResultOf(Input& input) {
  if (input.Below(2) == 0) {
    TransportError error{};
    error.failure =
        static_cast<TransportFailure>(input.Below(static_cast<size_t>(kLastTransportFailure) + 1));
    error.delivery = static_cast<Delivery>(input.Below(3));
    error.stale_connection = input.Below(2) == 1;
    return error;
  }
  HttpResponse response;
  response.status = static_cast<int>(input.Below(600));
  response.retry_after = input.Line();
  response.retry_after_ms = input.Line();
  response.date = input.Line();
  return response;
}

bool IsWait(Duration wait) { return wait >= Duration::zero() && wait <= kLongestWait; }

}  // namespace

std::string RetryBrokenBy(std::string_view bytes) {
  Input input(bytes);
  RetryPolicy policy = PolicyOf(input);
  const auto retry_class = static_cast<RetryClass>(input.Below(5));
  const auto repeat = static_cast<Repeat>(input.Below(4));
  const int attempts_made = 1 + static_cast<int>(input.Below(12));
  const double random = static_cast<double>(input.Below(65'536)) / 65'536;
  const Duration time_left = milliseconds(input.Below(65'536)) - milliseconds(1'000);
  const HttpResult result = ResultOf(input);

  if (const auto* response = std::get_if<HttpResponse>(&result)) {
    const auto asked = ParseRetryAfter(*response);
    if (asked && (*asked < milliseconds(1) || !IsWait(*asked))) return "a Retry-After is unbounded";
    if (const auto date = ParseHttpDate(response->date)) {
      const auto again =
          *date < std::chrono::sys_seconds{} ? date : ParseHttpDate(ToHttpDate(*date));
      if (again != date) return "a date changes when it is written and read";
    }
  }
  const Decision decision =
      Decide(policy, result, retry_class, repeat, attempts_made, seconds(1), time_left, random);
  if (!IsWait(decision.delay)) return "a wait is unbounded";
  if (decision.retry && attempts_made >= kMaxAttempts) return "more attempts than there may be";
  if (decision.retry && decision.delay > time_left) return "a retry begins after the deadline";
  const auto* error = std::get_if<TransportError>(&result);
  const bool sends_twice = repeat == Repeat::kOnlyUnsent || repeat == Repeat::kOnlyUndelivered;
  if (decision.retry && sends_twice && retry_class != RetryClass::kIfUnsent) {
    return "an exchange is sent again without proof";
  }
  const bool refused = error != nullptr && error->failure == TransportFailure::kRefusedStream &&
                       repeat == Repeat::kOnlyUnsent;
  if (decision.retry && sends_twice && error != nullptr && !refused &&
      error->delivery != Delivery::kNever) {
    return "an exchange that may have arrived is sent again";
  }

  policy.jitter = milliseconds(0);
  for (int retry = 0; retry < 12; ++retry) {
    const Duration wait = BackoffDelay(policy, retry, random);
    if (wait < kMinInterval || !IsWait(wait)) return "a backoff is out of bounds";
    if (policy.exponent >= 1 && wait > BackoffDelay(policy, retry + 1, random)) {
      return "a backoff shrinks";
    }
  }
  return {};
}

}  // namespace modelgates::gateway
