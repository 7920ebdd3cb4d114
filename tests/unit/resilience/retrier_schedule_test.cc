#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <random>
#include <vector>

#include "support/fake_loop.h"
#include "support/scripted_transport.h"
#include "support/unlimited_retrier.h"
#include "table_classifiers.h"

// Thousands of random calls, each with a random policy, upstream, deadline and cancellation,
// against what must hold for every one of them.

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

class Dice {
 public:
  explicit Dice(uint32_t seed) : random_(seed) {}

  int Between(int low, int high) { return std::uniform_int_distribution(low, high)(random_); }
  bool OneIn(int n) { return Between(1, n) == 1; }
  double Fraction() { return std::uniform_real_distribution(0.0, 1.0)(random_); }
  template <class T>
  T OneOf(std::initializer_list<T> values) {
    return values.begin()[Between(0, static_cast<int>(values.size()) - 1)];
  }

 private:
  std::mt19937 random_;
};

RetryPolicy RandomPolicy(Dice& dice) {
  RetryPolicy policy;
  policy.max_attempts = dice.Between(0, 12);
  policy.initial_interval = milliseconds(dice.OneOf({0, 1, 50, 500, 5000}));
  policy.max_interval = milliseconds(dice.OneOf({0, 10, 1000, 60000}));
  policy.exponent = dice.OneOf({0.0, 1.0, 1.5, 10.0});
  policy.jitter = milliseconds(dice.OneOf({0, 100, 1000}));
  if (dice.OneIn(4)) policy.max_elapsed = milliseconds(dice.OneOf({0, 500, 5000}));
  policy.retry_connection_errors = !dice.OneIn(5);
  policy.enabled = !dice.OneIn(10);
  if (dice.OneIn(4)) {
    for (const char* entry : {"429", "404", "5XX"}) {
      if (dice.OneIn(2)) policy.statuses.Add(*StatusSet::Parse(entry));
    }
  }
  policy.max_retry_after = milliseconds(dice.OneOf({0, 1000, 10000}));
  return policy;
}

HttpResult RandomResult(Dice& dice) {
  if (dice.OneIn(3)) {
    const auto delivery = dice.OneOf({Delivery::kNever, Delivery::kMaybe, Delivery::kAnswered});
    if (delivery == Delivery::kNever) {
      return TransportError{dice.OneOf({TransportFailure::kDns, TransportFailure::kConnect,
                                        TransportFailure::kTls, TransportFailure::kTlsUntrusted}),
                            delivery};
    }
    if (delivery == Delivery::kMaybe) return Reset();
    return TransportError{TransportFailure::kTruncated, delivery, dice.OneOf({200, 500})};
  }
  HttpResponse response =
      Answer(dice.OneOf({200, 302, 401, 403, 404, 408, 429, 500, 502, 503, 503, 503}));
  if (dice.OneIn(3)) response.retry_after = dice.OneOf({"0", "0.2", "1", "3", "60", "inf", "-1"});
  return response;
}

// One random call, from its start until nothing is left to wait for.
class RandomCall {
 public:
  explicit RandomCall(uint32_t seed) : dice_(seed) {
    is_exchange_ = dice_.OneIn(2);
    options_.policy = RandomPolicy(dice_);
    options_.started = loop_.Now() - milliseconds(dice_.Between(0, 50));
    options_.deadline =
        loop_.Now() + milliseconds(dice_.OneOf({-1, 1, 100, 1500, 5000, 60000, 60000, 600000}));
    options_.attempt_timeout = dice_.OneOf<Duration>({1ms, 300ms, 5s, Duration::max()});
    options_.stop = stop_.get_token();
    options_.classify = is_exchange_ ? ClassifyExchange : ClassifyCreate;
    options_.repeat = is_exchange_ ? Repeat::kOnlyUnsent : Repeat::kHarmless;
    for (int i = 0; i < kMaxAttempts; ++i) {
      results_.push_back(RandomResult(dice_));
      transport_.Then(results_.back(), milliseconds(dice_.OneOf({0, 1, 1, 40, 400, 3000, 100000})));
    }
  }

  void Run() {
    Spawn(Call());
    if (dice_.OneIn(4)) {
      loop_.Advance(milliseconds(dice_.Between(0, 5000)));
      cancelled_ = !outcome_;
      stop_.request_stop();
      loop_.Run();
      if (cancelled_) {
        EXPECT_TRUE(outcome_.has_value()) << "goes on after a stop request";
      }
    }
    EXPECT_TRUE(loop_.AdvanceUntilIdle());
  }

  void ExpectInvariants() const {
    ASSERT_TRUE(outcome_.has_value());
    const auto& sends = transport_.sends();
    const auto& attempts = outcome_->attempts;
    ASSERT_EQ(sends.size(), attempts.size());
    ASSERT_EQ(transport_.in_flight(), 0);
    EXPECT_LE(transport_.most_in_flight(), 1);

    const int most = std::clamp(options_.policy.max_attempts, 1, kMaxAttempts);
    EXPECT_LE(attempts.size(), static_cast<size_t>(options_.policy.enabled ? most : 1));
    EXPECT_LE(finished_, std::max(options_.deadline, begun_)) << "outlived the deadline";

    for (size_t i = 0; i < attempts.size(); ++i) {
      EXPECT_EQ(attempts[i].started, sends[i].at - options_.started);
      EXPECT_LT(sends[i].at, options_.deadline);
      EXPECT_LE(sends[i].deadline, options_.deadline);
    }
    for (size_t i = 1; i < attempts.size(); ++i) ExpectRightfulRetry(i);

    if (cancelled_) {
      const auto* error = std::get_if<TransportError>(&outcome_->last);
      ASSERT_NE(error, nullptr);
      EXPECT_EQ(error->failure, TransportFailure::kCancelled);
    }
  }

  size_t retries() const { return std::max<size_t>(transport_.sends().size(), 1) - 1; }

 private:
  Task<void> Call() {
    IgnoreAttempts observer;
    Task<Outcome> sending = retrier_.Send(request_, options_, observer);
    outcome_ = co_await sending;
    finished_ = loop_.Now();
  }

  // Attempt i may follow what came before, and came when it should.
  void ExpectRightfulRetry(size_t i) const {
    const auto& attempts = outcome_->attempts;
    const AttemptRecord& before = attempts[i - 1];
    const Duration wait = attempts[i].started - before.started - before.elapsed;
    EXPECT_GE(options_.deadline - transport_.sends()[i].at, kMinAttemptTime);
    if (options_.policy.max_elapsed) {
      EXPECT_LE(before.started + before.elapsed, *options_.policy.max_elapsed);
    }

    // A timeout replaced the scripted result.
    const bool timed_out = before.failure == TransportFailure::kTimeout;
    const auto* response = timed_out ? nullptr : std::get_if<HttpResponse>(&results_[i - 1]);
    const auto asked = response != nullptr ? ParseRetryAfter(*response) : std::nullopt;
    if (asked) {
      EXPECT_EQ(wait, *asked);
      EXPECT_LE(wait, options_.policy.max_retry_after);
    } else {
      EXPECT_GE(wait, 10ms);
      EXPECT_LE(wait, std::max(options_.policy.max_interval, 10ms));
    }

    if (before.failure) {
      EXPECT_TRUE(options_.policy.retry_connection_errors);
    } else {
      EXPECT_GE(before.http_status, 400);
      EXPECT_NE(before.http_status, 401);
    }
    if (is_exchange_ && before.delivery != Delivery::kNever) {
      ASSERT_NE(response, nullptr) << "repeated a code that may have been used";
      EXPECT_EQ(RetryClassOfExchange(*response), RetryClass::kIfUnsent);
    }
  }

  Dice dice_;
  FakeLoop loop_;
  ScriptedTransport transport_{loop_};
  UnlimitedRetrier retrier_{loop_, transport_, [this] { return dice_.Fraction(); }};
  HttpRequest request_{"/auth/keys"};
  std::stop_source stop_;
  RetryOptions options_;
  std::vector<HttpResult> results_;
  bool is_exchange_ = false;
  bool cancelled_ = false;
  std::optional<Outcome> outcome_;
  const TimePoint begun_ = loop_.Now();
  TimePoint finished_;
};

TEST(RetrierSchedule, KeepsItsPromisesInEveryRandomCall) {
  size_t retries = 0;
  for (uint32_t seed = 1; seed <= 20'000; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    RandomCall call(seed);
    call.Run();
    call.ExpectInvariants();
    retries += call.retries();
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GT(retries, 5'000u) << "the cases have become too tame to prove anything";
}

}  // namespace
}  // namespace modelgates::gateway
