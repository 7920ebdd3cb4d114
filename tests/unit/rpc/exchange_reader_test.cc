#include "rpc/exchange_reader.h"

#include <gtest/gtest.h>

#include <vector>

#include "modelgates/oauth/v1/oauth.pb.h"
#include "unit/failure/failed_support.h"

namespace modelgates::gateway {
namespace {

class Observer final : public ExchangeObserver {
 public:
  void OnContractViolated(std::string_view field) override { fields.emplace_back(field); }
  std::vector<std::string> fields;
};

Outcome Answered(std::string body) {
  Outcome outcome;
  HttpResponse response;
  response.status = 200;
  response.content_type = "application/json";
  response.body = std::move(body);
  outcome.last = std::move(response);
  return outcome;
}

const std::string& BodyOf(const Outcome& outcome) {
  return std::get<HttpResponse>(outcome.last).body;
}

TEST(ExchangeReader, OfAKeyIsTheReplyItself) {
  Outcome outcome = Answered(R"({"key":"sk-1","user_id":"user-1"})");
  EXPECT_EQ(ReadExchange(outcome, nullptr), ExchangeResult::kSuccess);
  oauth::v1::ExchangeAuthCodeResponse reply;
  ASSERT_TRUE(reply.ParseFromString(BodyOf(outcome)));
  EXPECT_EQ(reply.key(), "sk-1");
  EXPECT_EQ(reply.user_id(), "user-1");
}

// What the contract promised beside the key is missed once, however many callers read the reply.
TEST(ExchangeReader, TellsWhatElseTheAnswerLacks) {
  Outcome outcome = Answered(R"({"key":"sk-1"})");
  Observer observer;
  EXPECT_EQ(ReadExchange(outcome, &observer), ExchangeResult::kSuccess);
  EXPECT_EQ(observer.fields, std::vector<std::string>{"user_id"});
}

TEST(ExchangeReader, OfAnAnswerThatCannotBeReadIsSpentAndItsBodyIsGone) {
  Outcome outcome = Answered(R"({"key":"sk-1)");
  Observer observer;
  EXPECT_EQ(ReadExchange(outcome, &observer), ExchangeResult::kSpent);
  EXPECT_EQ(BodyOf(outcome), "");
  EXPECT_TRUE(observer.fields.empty());
}

// Whoever refused: the answer has come, so a repeat may go upstream again soon.
TEST(ExchangeReader, OfARefusalIsRejectedWhoeverRefused) {
  for (const int status : {400, 401, 403, 404, 413}) {
    Outcome api = OutcomeOf(JsonError(status));
    EXPECT_EQ(ReadExchange(api, nullptr), ExchangeResult::kRejected) << status;
    Outcome firewall = OutcomeOf(HtmlPage(status, "<h1>Blocked</h1>"));
    EXPECT_EQ(ReadExchange(firewall, nullptr), ExchangeResult::kRejected) << status;
  }
}

// What the first attempt did is still unknown.
TEST(ExchangeReader, OfARefusalAfterAnUnknownAttemptIsUnknown) {
  const TransportError lost{TransportFailure::kReset, Delivery::kMaybe};
  for (const HttpResponse& refusal : {JsonError(403), HtmlPage(403, "<h1>Blocked</h1>")}) {
    Outcome outcome = OutcomeOf(refusal, StopReason::kNotRetryable, {RecordOf(lost, true)});
    EXPECT_EQ(ReadExchange(outcome, nullptr), ExchangeResult::kUnknown);
  }
}

TEST(ExchangeReader, OfASuccessThatHoldsAnErrorIsWhatTheErrorSays) {
  Outcome refused = Answered(R"({"error":{"code":403,"message":"no such code"}})");
  EXPECT_EQ(ReadExchange(refused, nullptr), ExchangeResult::kRejected);
  Outcome limited = Answered(R"({"error":{"code":429,"message":"slow down"}})");
  EXPECT_EQ(ReadExchange(limited, nullptr), ExchangeResult::kUnsent);
  Outcome unclear = Answered(R"({"error":{"message":"oops"}})");
  EXPECT_EQ(ReadExchange(unclear, nullptr), ExchangeResult::kSpent);
}

TEST(ExchangeReader, OfAnExchangeThatTheBreakerRefusedIsUnsent) {
  Outcome refused;
  refused.stop = StopReason::kBreakerOpen;
  EXPECT_EQ(ReadExchange(refused, nullptr), ExchangeResult::kUnsent);
  const TransportError unreachable{TransportFailure::kConnect, Delivery::kNever};
  Outcome unsent = OutcomeOf(unreachable, StopReason::kBreakerOpen);
  EXPECT_EQ(ReadExchange(unsent, nullptr), ExchangeResult::kUnsent);
}

TEST(ExchangeReader, OfALostAnswerIsUnknownWhateverTheBreakerSays) {
  const TransportError lost{TransportFailure::kReset, Delivery::kMaybe};
  Outcome outcome = OutcomeOf(lost, StopReason::kBreakerOpen);
  EXPECT_EQ(ReadExchange(outcome, nullptr), ExchangeResult::kUnknown);
}

}  // namespace
}  // namespace modelgates::gateway
