#include <gtest/gtest.h>

#include "failure/verdict.h"

// What the catalogue says of the upstream itself: what the circuit breaker counts.

namespace modelgates::gateway {
namespace {

using Failure = TransportFailure;

Health OfAnswer(int status, BodyState body_state = BodyState::kComplete) {
  HttpResponse response;
  response.status = status;
  response.body_state = body_state;
  const Health health = ClassifyCreate(response).health;
  EXPECT_EQ(ClassifyExchange(response).health, health);
  return health;
}

TEST(Health, OfAnAnswerIsItsStatus) {
  for (int status = 100; status <= 599; ++status) {
    const bool fails = status >= 500 && status != 501;
    EXPECT_EQ(OfAnswer(status), fails ? Health::kFails : Health::kWorks) << status;
  }
  EXPECT_EQ(OfAnswer(999), Health::kWorks);
}

TEST(Health, OfASuccessIsGoodWhateverItsBodyIs) {
  EXPECT_EQ(OfAnswer(200, BodyState::kTooLarge), Health::kWorks);
  EXPECT_EQ(OfAnswer(200, BodyState::kUndecodable), Health::kWorks);
  EXPECT_EQ(OfAnswer(503, BodyState::kTooLarge), Health::kFails);
}

TEST(Health, OfARetryAfterIsThatOfItsStatus) {
  for (const int status : {429, 503, 529}) {
    HttpResponse response;
    response.status = status;
    response.retry_after = "1";
    EXPECT_EQ(ClassifyExchange(response).health, status == 429 ? Health::kWorks : Health::kFails);
  }
}

TEST(Health, OfAnEndWithoutAnAnswerIsBadUnlessWeEndedIt) {
  for (const Failure failure :
       {Failure::kDns, Failure::kConnect, Failure::kConnectTimeout, Failure::kTls,
        Failure::kTlsUntrusted, Failure::kRefusedStream, Failure::kReset, Failure::kTruncated,
        Failure::kTimeout, Failure::kGarbage, Failure::kCancelled, Failure::kProxyRefused}) {
    for (const Delivery delivery : {Delivery::kNever, Delivery::kMaybe, Delivery::kAnswered}) {
      for (const int status : {0, 200, 503}) {
        const TransportError error{failure, delivery, status};
        const Health expected = failure == Failure::kCancelled ? Health::kUnknown : Health::kFails;
        EXPECT_EQ(ClassifyCreate(error).health, expected) << ToString(failure);
        EXPECT_EQ(ClassifyExchange(error).health, expected) << ToString(failure);
      }
    }
  }
}

TEST(Health, OfWhatTheGatewayFindsByItselfIsUnknown) {
  for (const ErrorRow& row : ErrorCatalogue()) {
    if (row.trigger != Trigger::kLocal) continue;
    const bool answered = row.reason == oauth::v1::UPSTREAM_RESPONSE_TOO_LARGE;
    EXPECT_EQ(row.health, answered ? Health::kWorks : Health::kUnknown) << row.condition;
  }
}

}  // namespace
}  // namespace modelgates::gateway
