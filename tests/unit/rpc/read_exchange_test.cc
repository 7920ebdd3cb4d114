#include "rpc/read_exchange.h"

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

CodeFate FateOf(const ExchangeResult& result) { return std::get<ExchangeFailure>(result).fate; }

CodeFate FateOf(Outcome outcome) { return FateOf(ReadExchange(std::move(outcome), nullptr)); }

TEST(ReadExchange, OfAKeyIsTheKeyAndItsOwner) {
  Outcome outcome = Answered(R"({"key":"sk-1","user_id":"user-1"})");
  outcome.attempts.emplace_back();
  const ExchangeResult result = ReadExchange(std::move(outcome), nullptr);
  const auto& key = std::get<ApiKey>(result);
  EXPECT_EQ(key.key.Reveal(), "sk-1");
  EXPECT_EQ(key.user_id, "user-1");
  EXPECT_EQ(key.attempts.size(), 1u);
}

// What the contract promised beside the key is missed once, however many callers get the key.
TEST(ReadExchange, TellsWhatElseTheAnswerLacks) {
  Observer observer;
  const ExchangeResult result = ReadExchange(Answered(R"({"key":"sk-1"})"), &observer);
  EXPECT_EQ(std::get<ApiKey>(result).user_id, std::nullopt);
  EXPECT_EQ(observer.fields, std::vector<std::string>{"user_id"});
}

TEST(ReadExchange, OfAnAnswerThatCannotBeReadIsSpentAndItsBodyIsGone) {
  Observer observer;
  const ExchangeResult result = ReadExchange(Answered(R"({"key":"sk-1)"), &observer);
  const auto& failure = std::get<ExchangeFailure>(result);
  EXPECT_EQ(failure.fate, CodeFate::kSpent);
  EXPECT_EQ(failure.reason, oauth::v1::UPSTREAM_RESPONSE_MALFORMED);
  EXPECT_EQ(failure.auth_code_state, oauth::v1::UpstreamError::SPENT);
  EXPECT_EQ(std::get<HttpResponse>(failure.outcome->last).body, "");
  EXPECT_TRUE(observer.fields.empty());
}

// Whoever refused: the answer has come, so a repeat may go upstream again soon.
TEST(ReadExchange, OfARefusalIsRejectedWhoeverRefused) {
  for (const int status : {400, 403, 404, 413}) {
    Outcome api = OutcomeOf(JsonError(status));
    EXPECT_EQ(FateOf(api), CodeFate::kRejected) << status;
    Outcome firewall = OutcomeOf(HtmlPage(status, "<h1>Blocked</h1>"));
    EXPECT_EQ(FateOf(firewall), CodeFate::kRejected) << status;
  }
}

// The key was refused, which may be replaced: the repeat is not told of the old one.
TEST(ReadExchange, OfARefusedKeyIsUnsent) {
  Outcome refused = OutcomeOf(JsonError(401));
  EXPECT_EQ(FateOf(refused), CodeFate::kUnsent);
  Outcome firewall = OutcomeOf(HtmlPage(401, "<h1>Blocked</h1>"));
  EXPECT_EQ(FateOf(firewall), CodeFate::kRejected);
}

// What the first attempt did is still unknown.
TEST(ReadExchange, OfARefusalAfterAnUnknownAttemptIsUnknown) {
  const TransportError lost{TransportFailure::kReset, Delivery::kMaybe};
  for (const HttpResponse& refusal :
       {JsonError(401), JsonError(403), HtmlPage(403, "<h1>Blocked</h1>")}) {
    Outcome outcome = OutcomeOf(refusal, StopReason::kNotRetryable, {RecordOf(lost, true)});
    EXPECT_EQ(FateOf(outcome), CodeFate::kUnknown);
  }
}

TEST(ReadExchange, OfASuccessThatHoldsAnErrorIsWhatTheErrorSays) {
  Outcome refused = Answered(R"({"error":{"code":403,"message":"no such code"}})");
  EXPECT_EQ(FateOf(refused), CodeFate::kRejected);
  Outcome limited = Answered(R"({"error":{"code":429,"message":"slow down"}})");
  EXPECT_EQ(FateOf(limited), CodeFate::kUnsent);
  Outcome unclear = Answered(R"({"error":{"message":"oops"}})");
  EXPECT_EQ(FateOf(unclear), CodeFate::kSpent);
}

TEST(ReadExchange, OfAnExchangeThatTheBreakerRefusedIsUnsent) {
  Outcome refused;
  refused.stop = StopReason::kBreakerOpen;
  EXPECT_EQ(FateOf(refused), CodeFate::kUnsent);
  const TransportError unreachable{TransportFailure::kConnect, Delivery::kNever};
  Outcome unsent = OutcomeOf(unreachable, StopReason::kBreakerOpen);
  EXPECT_EQ(FateOf(unsent), CodeFate::kUnsent);
}

TEST(ReadExchange, OfALostAnswerIsUnknownWhateverTheBreakerSays) {
  const TransportError lost{TransportFailure::kReset, Delivery::kMaybe};
  Outcome outcome = OutcomeOf(lost, StopReason::kBreakerOpen);
  EXPECT_EQ(FateOf(outcome), CodeFate::kUnknown);
}

TEST(FailExchange, SaysWhatTheUpstreamAnswered) {
  const ExchangeResult result = ReadExchange(OutcomeOf(JsonError(403)), nullptr);
  const auto& failure = std::get<ExchangeFailure>(result);
  const FailedCall failed = FailExchange(failure);
  EXPECT_EQ(failed.reason, failure.reason);
  EXPECT_EQ(failed.auth_code_state, failure.auth_code_state);
  EXPECT_EQ(failed.outcome, failure.outcome.get());
}

// Given a call that ended before its exchange, then its reply says whether the code is on its way.
TEST(FailExchange, CountsAnAttemptThatIsUnderWay) {
  ExchangeFailure failure;
  failure.reason = oauth::v1::CALLER_CANCELLED;
  failure.auth_code_state = oauth::v1::UpstreamError::UNSENT;
  EXPECT_EQ(FailExchange(failure).attempts, 0);
  failure.auth_code_state = oauth::v1::UpstreamError::IN_FLIGHT;
  const FailedCall failed = FailExchange(failure);
  EXPECT_EQ(failed.attempts, 1);
  EXPECT_EQ(failed.auth_code_state, oauth::v1::UpstreamError::IN_FLIGHT);
  EXPECT_EQ(failed.outcome, nullptr);
}

}  // namespace
}  // namespace modelgates::gateway
