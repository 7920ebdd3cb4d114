#include "resilience/retrier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "support/fake_loop.h"
#include "support/scripted_transport.h"
#include "support/unlimited_retrier.h"
#include "table_classifiers.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class RecordingObserver final : public AttemptObserver {
 public:
  void OnAttempt(const AttemptRecord& attempt, std::string_view /*cause*/) override {
    told.push_back("attempt " + std::to_string(attempt.http_status));
  }
  void OnDecision(const Decision& decision) override {
    told.push_back(decision.retry ? "retry" : "stop " + std::string(ToString(decision.stop)));
  }
  void OnSendProgress(SendProgress progress) override {
    offered = progress == SendProgress::kBytesOffered;
  }

  std::vector<std::string> told;
  bool offered = false;
};

class RetrierTest : public testing::Test {
 protected:
  RetrierTest() {
    options_.started = loop_.Now();
    options_.deadline = loop_.Now() + 60s;
    options_.stop = stop_.get_token();
    options_.classify = ClassifyCreate;
    options_.repeat = Repeat::kHarmless;
    request_.set_body("{\"code\":\"c\"}");
  }

  void BeAnExchange() {
    options_.classify = ClassifyExchange;
    options_.repeat = Repeat::kOnlyUnsent;
  }

  // Begins a call; outcome_ has a value once it is over.
  void Start() {
    Spawn(RunCall());
    loop_.Run();
  }

  // Makes a whole call, however long it waits.
  Outcome Call() {
    Start();
    EXPECT_TRUE(loop_.AdvanceUntilIdle());
    EXPECT_TRUE(outcome_.has_value());
    return std::move(outcome_).value();
  }

  // When each attempt began, counted from the start of the call.
  std::vector<Duration> SendTimes() const {
    std::vector<Duration> times;
    for (const ScriptedTransport::Sent& sent : transport_.sends()) {
      times.push_back(sent.at - options_.started);
    }
    return times;
  }

  Duration Elapsed() const { return loop_.Now() - options_.started; }

  FakeLoop loop_;
  ScriptedTransport transport_{loop_};
  double random_ = 0.5;
  UnlimitedRetrier retrier_{loop_, transport_, [this] { return random_; }};
  HttpRequest request_{"/auth/keys/code"};
  std::stop_source stop_;
  RetryOptions options_;
  RecordingObserver observer_;
  std::optional<Outcome> outcome_;

 private:
  Task<void> RunCall() {
    Task<Outcome> sending = retrier_.Send(request_, options_, observer_);
    outcome_ = co_await sending;
  }
};

int Status(const Outcome& outcome) {
  const auto* response = std::get_if<HttpResponse>(&outcome.last);
  return response == nullptr ? 0 : response->status;
}

void ExpectError(const Outcome& outcome, TransportFailure failure, Delivery delivery) {
  const auto* error = std::get_if<TransportError>(&outcome.last);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(ToString(error->failure), ToString(failure));
  EXPECT_EQ(error->delivery, delivery);
}

TEST_F(RetrierTest, AnAnswerThatStandsEndsTheCall) {
  transport_.Then(Answer(200), 30ms);
  const Outcome outcome = Call();
  EXPECT_EQ(Status(outcome), 200);
  EXPECT_EQ(outcome.stop, StopReason::kNotRetryable);
  ASSERT_EQ(outcome.attempts.size(), 1u);
  EXPECT_EQ(outcome.attempts[0].http_status, 200);
  EXPECT_EQ(outcome.attempts[0].failure, std::nullopt);
  EXPECT_EQ(outcome.attempts[0].delivery, Delivery::kAnswered);
  EXPECT_EQ(outcome.attempts[0].elapsed, 30ms);
  EXPECT_EQ(Elapsed(), 30ms);
}

HttpResponse Later(int status, std::string retry_after, std::string date) {
  HttpResponse response;
  response.status = status;
  response.retry_after = std::move(retry_after);
  response.date = std::move(date);
  return response;
}

// Given an upstream without a clock, when it names the time from which on it can be asked, then
// ours says how long that is. For an exchange it says as well that nothing was done.
TEST_F(RetrierTest, ADateWithoutADateIsMeasuredByOurClock) {
  for (const bool is_exchange : {false, true}) {
    for (const int status : {429, 503, 529}) {
      for (const char* date : {"", "yesterday"}) {
        if (is_exchange) BeAnExchange();
        options_.started = loop_.Now();
        const size_t before = transport_.sends().size();
        transport_.Then(Later(status, "Sun, 06 Nov 1994 08:49:39 GMT", date), 0ms)
            .Then(Answer(200), 0ms);
        EXPECT_EQ(Status(Call()), 200) << status;
        EXPECT_EQ(transport_.sends().at(before + 1).at - transport_.sends().at(before).at, 2s);
      }
    }
  }
}

TEST_F(RetrierTest, ADateOfTheUpstreamsOwnWins) {
  transport_.Then(Later(503, "Sun, 06 Nov 2004 08:49:39 GMT", "Sun, 06 Nov 2004 08:49:38 GMT"),
                  0ms);
  transport_.Then(Answer(200), 0ms);
  EXPECT_EQ(Status(Call()), 200);
  EXPECT_THAT(SendTimes(), ElementsAre(0ms, 1s));
}

TEST_F(RetrierTest, ADateThatIsOverOrFarIsNoWaitOfOurs) {
  transport_.Then(Later(503, "Sun, 06 Nov 1994 08:49:36 GMT", ""), 0ms).Then(Answer(200), 0ms);
  EXPECT_EQ(Status(Call()), 200);
  transport_.Then(Later(503, "Sun, 06 Nov 1995 08:49:36 GMT", ""), 0ms);
  options_.started = loop_.Now();
  const Outcome far = Call();
  EXPECT_EQ(far.stop, StopReason::kDeadline);
  EXPECT_GT(far.retry_after, std::chrono::hours(24 * 300));
}

// Given a connection that turns out to be dead, when a create goes out on it, then it goes out
// again at once, and from then on never on a connection that has waited.
TEST_F(RetrierTest, AStaleConnectionCostsNoWait) {
  transport_.Then(Stale(), 10ms).Then(Reset(), 10ms).Then(Answer(200), 10ms);
  const Outcome outcome = Call();
  EXPECT_EQ(Status(outcome), 200);
  EXPECT_THAT(SendTimes(), ElementsAre(0ms, 10ms, 1270ms));
  std::vector<bool> fresh;
  for (const ScriptedTransport::Sent& sent : transport_.sends()) {
    fresh.push_back(sent.fresh_connection);
  }
  EXPECT_THAT(fresh, ElementsAre(false, true, true));
  EXPECT_EQ(outcome.attempts.size(), 3u);
}

TEST_F(RetrierTest, TriesAgainUntilTheUpstreamRecovers) {
  for (int i = 0; i < 3; ++i) transport_.Then(Answer(500), 10ms);
  transport_.Then(Answer(200), 10ms);
  const Outcome outcome = Call();
  EXPECT_EQ(Status(outcome), 200);
  EXPECT_THAT(SendTimes(), ElementsAre(0ms, 1010ms, 2270ms, 3905ms));
  EXPECT_THAT(observer_.told,
              ElementsAre("attempt 500", "retry", "attempt 500", "retry", "attempt 500", "retry",
                          "attempt 200", "stop not_retryable"));
  ASSERT_EQ(outcome.attempts.size(), 4u);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(outcome.attempts[i].started, SendTimes()[i]);
    EXPECT_EQ(outcome.attempts[i].elapsed, 10ms);
    EXPECT_EQ(outcome.attempts[i].http_status, i < 3 ? 500 : 200);
  }
}

TEST_F(RetrierTest, EveryAttemptSendsTheSameBytes) {
  ASSERT_TRUE(request_.AddHeader("Content-Type", "application/json"));
  transport_.Then(Answer(500)).Then(Answer(500)).Then(Answer(200));
  Call();
  ASSERT_EQ(transport_.sends().size(), 3u);
  for (const ScriptedTransport::Sent& sent : transport_.sends()) {
    EXPECT_EQ(sent.path, "/auth/keys/code");
    EXPECT_EQ(sent.headers, "Content-Type: application/json\r\n");
    EXPECT_EQ(sent.body, "{\"code\":\"c\"}");
  }
}

TEST_F(RetrierTest, TheLastAnswerStandsWhenAttemptsAreExhausted) {
  transport_.Then(Answer(500))
      .Then(Refused())
      .Then(Answer(502))
      .Then(AnswerWithRetryAfter(503, "2"));
  const Outcome outcome = Call();
  EXPECT_EQ(Status(outcome), 503);
  EXPECT_EQ(outcome.stop, StopReason::kAttemptsExhausted);
  EXPECT_EQ(outcome.retry_after, 2s);
  ASSERT_EQ(outcome.attempts.size(), 4u);
  EXPECT_EQ(outcome.attempts[1].failure, TransportFailure::kConnect);
}

TEST_F(RetrierTest, NoPolicyMakesMoreThanTenAttempts) {
  options_.policy.max_attempts = 1'000'000;
  options_.policy.max_interval = 100ms;
  transport_.Otherwise(Answer(500));
  const Outcome outcome = Call();
  EXPECT_EQ(outcome.attempts.size(), 10u);
  EXPECT_EQ(outcome.stop, StopReason::kAttemptsExhausted);
}

TEST_F(RetrierTest, StrategyNoneIsOneAttempt) {
  options_.policy.enabled = false;
  transport_.Then(Answer(500));
  const Outcome outcome = Call();
  EXPECT_EQ(outcome.attempts.size(), 1u);
  EXPECT_EQ(outcome.stop, StopReason::kRetriesOff);
}

TEST_F(RetrierTest, WaitsExactlyAsLongAsRetryAfterSays) {
  transport_.Then(AnswerWithRetryAfter(503, "2.5"), 10ms).Then(Answer(200));
  Call();
  EXPECT_THAT(SendTimes(), ElementsAre(0ms, 2510ms));
}

TEST_F(RetrierTest, EndsAtOnceWhenRetryAfterIsTooLong) {
  transport_.Then(AnswerWithRetryAfter(429, "3600"), 10ms);
  const Outcome outcome = Call();
  EXPECT_EQ(Elapsed(), 10ms);
  EXPECT_EQ(Status(outcome), 429);
  EXPECT_EQ(outcome.stop, StopReason::kDeadline);
  EXPECT_EQ(outcome.retry_after, 3600s);
}

TEST_F(RetrierTest, AZeroIntervalDoesNotSpin) {
  options_.policy.initial_interval = 0ms;
  options_.policy.max_interval = 0ms;
  options_.policy.jitter = 0ms;
  options_.policy.exponent = 0;
  transport_.Otherwise(Answer(500));
  Call();
  EXPECT_THAT(SendTimes(), ElementsAre(0ms, 10ms, 20ms, 30ms));
}

// Deadline.

TEST_F(RetrierTest, ADeadlineThatHasPassedSendsNothing) {
  options_.deadline = loop_.Now();
  const Outcome outcome = Call();
  EXPECT_THAT(transport_.sends(), IsEmpty());
  EXPECT_THAT(outcome.attempts, IsEmpty());
  EXPECT_THAT(observer_.told, IsEmpty());
  ExpectError(outcome, TransportFailure::kTimeout, Delivery::kNever);
  EXPECT_EQ(outcome.stop, StopReason::kDeadline);
}

TEST_F(RetrierTest, TheDeadlineEndsAnAttempt) {
  options_.deadline = loop_.Now() + 2s;
  transport_.Then(Answer(200), ScriptedTransport::kSilence);
  const Outcome outcome = Call();
  EXPECT_EQ(Elapsed(), 2s);
  ExpectError(outcome, TransportFailure::kTimeout, Delivery::kMaybe);
  EXPECT_EQ(outcome.stop, StopReason::kDeadline);
}

TEST_F(RetrierTest, DoesNotWaitForADeadlineItCannotMeet) {
  options_.deadline = loop_.Now() + 2s;
  transport_.Then(Answer(500), 10ms).Then(Answer(503), 10ms);
  const Outcome outcome = Call();
  EXPECT_EQ(Elapsed(), 1020ms) << "the next wait would be 1250 ms";
  EXPECT_EQ(Status(outcome), 503);
  EXPECT_EQ(outcome.stop, StopReason::kDeadline);
}

TEST_F(RetrierTest, TheAttemptTimeoutEndsOneAttemptOnly) {
  options_.attempt_timeout = 5s;
  transport_.Then(Answer(200), ScriptedTransport::kSilence).Then(Answer(200));
  const Outcome outcome = Call();
  EXPECT_EQ(Status(outcome), 200);
  EXPECT_THAT(SendTimes(), ElementsAre(0s, 6s));
  EXPECT_EQ(outcome.attempts[0].failure, TransportFailure::kTimeout);
  EXPECT_EQ(outcome.attempts[0].elapsed, 5s);
}

TEST_F(RetrierTest, TheAttemptTimeoutDoesNotOutliveTheDeadline) {
  options_.deadline = loop_.Now() + 7s;
  options_.attempt_timeout = 5s;
  transport_.Otherwise(Answer(200), ScriptedTransport::kSilence);
  const Outcome outcome = Call();
  EXPECT_EQ(Elapsed(), 7s);
  ASSERT_EQ(transport_.sends().size(), 2u);
  EXPECT_EQ(transport_.sends()[1].deadline, options_.deadline);
  EXPECT_EQ(outcome.stop, StopReason::kDeadline);
}

TEST_F(RetrierTest, WorksWithoutADeadline) {
  options_.deadline = TimePoint::max();
  transport_.Then(Answer(500)).Then(Answer(200));
  EXPECT_EQ(Status(Call()), 200);
}

// A loop that was busy wakes the backoff late: the deadline has passed meanwhile.
TEST_F(RetrierTest, SendsNothingAfterALateWakeup) {
  class LateLoop final : public EventLoop {
   public:
    TimePoint Now() const override { return now_; }
    void Skip(Duration by) {
      now_ += by;
      RunDue();
    }

   private:
    void Wake() override {}
    TimePoint now_ = TimePoint(1h);
  };
  LateLoop loop;
  ScriptedTransport transport(loop);
  transport.Then(Answer(503));
  UnlimitedRetrier retrier(loop, transport, [this] { return random_; });
  options_.started = loop.Now();
  options_.deadline = loop.Now() + 2s;
  const auto call = [&]() -> Task<void> {
    Task<Outcome> sending = retrier.Send(request_, options_, observer_);
    outcome_ = co_await sending;
  };
  Spawn(call());
  loop.Skip(0s);
  loop.Skip(2s);
  ASSERT_TRUE(outcome_);
  EXPECT_EQ(transport.sends().size(), 1u);
  EXPECT_EQ(Status(*outcome_), 503);
  EXPECT_EQ(outcome_->stop, StopReason::kDeadline);
}

// Cancellation.

TEST_F(RetrierTest, AStopRequestBeforehandSendsNothing) {
  stop_.request_stop();
  const Outcome outcome = Call();
  EXPECT_THAT(transport_.sends(), IsEmpty());
  ExpectError(outcome, TransportFailure::kCancelled, Delivery::kNever);
  EXPECT_EQ(outcome.stop, StopReason::kNotRetryable);
}

TEST_F(RetrierTest, AStopRequestEndsAnAttempt) {
  transport_.Then(Answer(200), 5s);
  Start();
  loop_.Advance(1s);
  stop_.request_stop();
  loop_.Run();
  ASSERT_TRUE(outcome_);
  ExpectError(*outcome_, TransportFailure::kCancelled, Delivery::kMaybe);
  EXPECT_EQ(outcome_->attempts.size(), 1u);
  EXPECT_EQ(outcome_->stop, StopReason::kNotRetryable);
  EXPECT_FALSE(loop_.HasTimer());
}

TEST_F(RetrierTest, AStopRequestEndsABackoff) {
  transport_.Then(AnswerWithRetryAfter(503, "5"));
  Start();
  loop_.Advance(1s);
  ASSERT_FALSE(outcome_);
  stop_.request_stop();
  loop_.Run();
  ASSERT_TRUE(outcome_);
  ExpectError(*outcome_, TransportFailure::kCancelled, Delivery::kAnswered);
  EXPECT_EQ(std::get<TransportError>(outcome_->last).http_status, 503);
  EXPECT_EQ(outcome_->attempts.size(), 1u);
  EXPECT_EQ(outcome_->stop, StopReason::kNotRetryable);
  EXPECT_EQ(outcome_->retry_after, std::nullopt);
  EXPECT_FALSE(loop_.HasTimer());
  EXPECT_EQ(transport_.sends().size(), 1u);
}

TEST_F(RetrierTest, ACancelledBackoffAfterARefusalHasDeliveredNothing) {
  transport_.Then(Refused());
  Start();
  stop_.request_stop();
  loop_.Run();
  ASSERT_TRUE(outcome_);
  ExpectError(*outcome_, TransportFailure::kCancelled, Delivery::kNever);
}

// Exchanges.

TEST_F(RetrierTest, AnExchangeThatMayHaveArrivedIsNotRepeated) {
  BeAnExchange();
  for (const HttpResult& result :
       {HttpResult(Reset()), HttpResult(Answer(500)), HttpResult(Answer(503)),
        HttpResult(TransportError{TransportFailure::kTruncated, Delivery::kAnswered, 502})}) {
    transport_.Then(result);
    const Outcome outcome = Call();
    EXPECT_EQ(outcome.attempts.size(), 1u);
    EXPECT_EQ(outcome.stop, StopReason::kUnsafeExchange);
    EXPECT_TRUE(observer_.offered);
  }
}

TEST_F(RetrierTest, AnExchangeIsRepeatedWhenProvenUnsent) {
  BeAnExchange();
  transport_.Then(Refused()).Then(AnswerWithRetryAfter(503, "1")).Then(Answer(200));
  const Outcome outcome = Call();
  EXPECT_EQ(Status(outcome), 200);
  EXPECT_THAT(SendTimes(), ElementsAre(0ms, 1000ms, 2000ms));
}

TEST_F(RetrierTest, AnExchangeStopsAtTheFirstAttemptThatMayHaveArrived) {
  BeAnExchange();
  transport_.Then(Refused()).Then(Reset());
  const Outcome outcome = Call();
  EXPECT_EQ(outcome.attempts.size(), 2u);
  EXPECT_EQ(outcome.stop, StopReason::kUnsafeExchange);
}

TEST_F(RetrierTest, AnAttemptMayOutliveTheDeadlineUpToItsTimeout) {
  BeAnExchange();
  options_.deadline = loop_.Now() + 2s;
  options_.attempt_timeout = 30s;
  options_.attempt_may_outlive_deadline = true;
  transport_.Then(Answer(200), 5s).Then(Answer(200), ScriptedTransport::kSilence);
  EXPECT_EQ(Status(Call()), 200);
  EXPECT_EQ(Elapsed(), 5s);

  options_.deadline = loop_.Now() + 2s;
  const Outcome outcome = Call();
  EXPECT_EQ(Elapsed(), 35s);
  ExpectError(outcome, TransportFailure::kTimeout, Delivery::kMaybe);
}

TEST_F(RetrierTest, AnAttemptWithoutAnyBoundWaitsForItsAnswer) {
  BeAnExchange();
  options_.deadline = loop_.Now() + 2s;
  options_.attempt_may_outlive_deadline = true;
  transport_.Then(Answer(200), 1h);
  EXPECT_EQ(Status(Call()), 200);
  EXPECT_EQ(Elapsed(), 1h);
}

TEST_F(RetrierTest, NoAttemptBeginsAfterTheDeadlineEvenWhenItMayOutliveIt) {
  BeAnExchange();
  options_.deadline = loop_.Now() + 2s;
  options_.attempt_may_outlive_deadline = true;
  transport_.Then(Refused(), 1500ms);
  const Outcome outcome = Call();
  EXPECT_EQ(Elapsed(), 1500ms);
  EXPECT_EQ(outcome.attempts.size(), 1u);
  EXPECT_EQ(outcome.stop, StopReason::kDeadline);
}

TEST_F(RetrierTest, TheAttemptLogSaysWhichOutcomeIsUnknown) {
  BeAnExchange();
  transport_.Then(AnswerWithRetryAfter(503, "1")).Then(Refused()).Then(Answer(500));
  const Outcome outcome = Call();
  ASSERT_EQ(outcome.attempts.size(), 3u);
  EXPECT_FALSE(outcome.attempts[0].outcome_unknown);
  EXPECT_FALSE(outcome.attempts[1].outcome_unknown);
  EXPECT_TRUE(outcome.attempts[2].outcome_unknown);
}

TEST_F(RetrierTest, OfferedTellsOfTheAttemptUnderWay) {
  BeAnExchange();
  transport_.Then(Refused(), 100ms).Then(AnswerWithRetryAfter(503, "1"), 100ms);
  transport_.Then(Answer(200), 100ms);
  Start();
  EXPECT_FALSE(observer_.offered) << "connecting";
  loop_.Advance(1100ms);
  EXPECT_TRUE(observer_.offered) << "the second attempt was sent";
  loop_.Advance(100ms);
  EXPECT_FALSE(observer_.offered) << "the upstream said that it did not act on it";
  loop_.Advance(1s);
  EXPECT_TRUE(observer_.offered) << "the third attempt was sent";
  loop_.Advance(100ms);
  EXPECT_TRUE(observer_.offered) << "and used";
  EXPECT_TRUE(outcome_);
}

TEST_F(RetrierTest, ManyCallsRetryWithoutMixing) {
  constexpr int kCalls = 1000;
  transport_.Otherwise(Answer(500), 1ms);
  std::vector<Outcome> outcomes(kCalls);
  IgnoreAttempts observer;
  const auto call = [&](int id) -> Task<void> {
    Task<Outcome> sending = retrier_.Send(request_, options_, observer);
    outcomes[id] = co_await sending;
  };
  for (int id = 0; id < kCalls; ++id) {
    random_ = static_cast<double>(id) / kCalls;
    Spawn(call(id));
  }
  EXPECT_TRUE(loop_.AdvanceUntilIdle(1'000'000));
  for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.attempts.size(), 4u);
  EXPECT_EQ(transport_.sends().size(), 4u * kCalls);
}

}  // namespace
}  // namespace modelgates::gateway
