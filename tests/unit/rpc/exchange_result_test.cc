#include "rpc/exchange_result.h"

#include <gtest/gtest.h>

#include "unit/rpc/failed_support.h"

namespace modelgates::gateway {
namespace {

TEST(ExchangeResult, OfAnExchangeThatTheBreakerRefusedIsUnsent) {
  Outcome refused;
  refused.stop = StopReason::kBreakerOpen;
  EXPECT_EQ(ToExchangeResult(refused), ExchangeResult::kUnsent);
  const TransportError unreachable{TransportFailure::kConnect, Delivery::kNever};
  EXPECT_EQ(ToExchangeResult(OutcomeOf(unreachable, StopReason::kBreakerOpen)),
            ExchangeResult::kUnsent);
}

TEST(ExchangeResult, OfALostAnswerIsUnknownWhateverTheBreakerSays) {
  const TransportError lost{TransportFailure::kReset, Delivery::kMaybe};
  EXPECT_EQ(ToExchangeResult(OutcomeOf(lost, StopReason::kBreakerOpen)), ExchangeResult::kUnknown);
}

}  // namespace
}  // namespace modelgates::gateway
