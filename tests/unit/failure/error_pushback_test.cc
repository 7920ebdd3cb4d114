#include <gtest/gtest.h>

#include "failure/error_reply.h"
#include "unit/failure/failed_support.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

constexpr Rpc kRpcs[] = {Rpc::kCreateAuthCode, Rpc::kExchangeAuthCode};

std::string PushbackOf(const FailedCall& failed) {
  return ToErrorReply(failed, "request-1", Redaction()).retry_pushback;
}

// The trailer is what keeps a caller's own retry policy from multiplying ours, so no error may go
// without: it says stop, or how long to wait. Nothing is said only of a wait that nobody knows.
TEST(Pushback, IsThereForEveryRowOfTheCatalogue) {
  for (const ErrorRow& row : ErrorCatalogue()) {
    for (const Rpc rpc : kRpcs) {
      SCOPED_TRACE(std::string(row.condition) + ", " + std::string(ToString(rpc)));
      Outcome outcome;
      const FailedCall failed = FailAs(row, rpc, outcome, StopReason::kNotRetryable);
      if (!failed.retryable) {
        EXPECT_EQ(PushbackOf(failed), "-1");
      } else if (failed.retry_delay) {
        EXPECT_EQ(PushbackOf(failed), std::to_string(failed.retry_delay->count()));
      } else {
        EXPECT_EQ(PushbackOf(failed), "");
        EXPECT_EQ(row.reason, oauth::v1::UPSTREAM_CIRCUIT_OPEN);
      }
    }
  }
}

// Our attempts are spent: whatever the upstream would like to be waited for.
TEST(Pushback, StopsEveryRepeatOfWhatWasTriedEnough) {
  for (const ErrorRow& row : ErrorCatalogue()) {
    if (row.trigger == Trigger::kLocal) continue;
    for (const Rpc rpc : kRpcs) {
      for (const StopReason stop : {StopReason::kAttemptsExhausted, StopReason::kBudgetExhausted}) {
        SCOPED_TRACE(std::string(row.condition) + ", " + std::string(ToString(rpc)));
        Outcome outcome;
        FailAs(row, rpc, outcome, stop);
        outcome.retry_after = 2000ms;
        EXPECT_EQ(PushbackOf(FailUpstream(rpc, outcome)), "-1");
      }
    }
  }
}

}  // namespace
}  // namespace modelgates::gateway
