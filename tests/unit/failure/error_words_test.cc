#include "failure/error_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "failure/error_reply.h"
#include "unit/failure/failed_support.h"

// Every row of the catalogue, in every way a call can end with it, judged as the person would who
// reads it.

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr Rpc kRpcs[] = {Rpc::kCreateAuthCode, Rpc::kExchangeAuthCode};
constexpr StopReason kStops[] = {StopReason::kNotRetryable,    StopReason::kAttemptsExhausted,
                                 StopReason::kBudgetExhausted, StopReason::kDeadline,
                                 StopReason::kBreakerOpen,     StopReason::kRetriesOff,
                                 StopReason::kUnsafeExchange};
constexpr std::optional<milliseconds> kWaits[] = {std::nullopt, 650ms, 60s, 3'599'999ms};

struct Case {
  const ErrorRow* row;
  FailedCall failed;
  google::rpc::Status status;
};

template <class Check>
void ForEachEnd(Check check) {
  for (const ErrorRow& row : ErrorCatalogue()) {
    for (const Rpc rpc : kRpcs) {
      for (const StopReason stop : kStops) {
        for (const auto& wait : kWaits) {
          Outcome outcome;
          FailAs(row, rpc, outcome, stop);
          outcome.retry_after = wait;
          FailedCall failed = row.trigger == Trigger::kLocal ? FailLocally(rpc, row.reason)
                                                             : FailUpstream(rpc, outcome);
          if ((row.details & kBadRequest) != 0 && row.trigger == Trigger::kLocal) {
            failed.violations = {{"callback_url", "must be https", row.reason}};
          }
          SCOPED_TRACE(std::string(row.condition) + ", " + std::string(ToString(rpc)) + ", " +
                       std::string(ToString(stop)));
          check(Case{&row, failed, ToErrorReply(failed, "request-1", Redaction()).status});
        }
      }
    }
  }
}

TEST(ErrorWords, SayWhenToRepeatWhatMayBeRepeated) {
  ForEachEnd([](const Case& it) {
    const std::string& message = it.status.message();
    if (!it.failed.retryable) {
      EXPECT_THAT(message, Not(HasSubstr("later")));
      EXPECT_THAT(message, Not(HasSubstr("try again")));
      EXPECT_THAT(message, Not(HasSubstr("repeat")));
    } else if (!it.failed.retry_delay) {
      EXPECT_THAT(message, HasSubstr("later"));
    }
    if (it.failed.retry_delay) {
      EXPECT_THAT(message, HasSubstr(WaitWords(*it.failed.retry_delay)));
    } else {
      EXPECT_THAT(message, Not(ContainsRegex(" in [0-9.]+ s")));
    }
  });
}

TEST(ErrorWords, SayWhatHappenedThenWhatToDo) {
  ForEachEnd([](const Case& it) {
    const std::string& message = it.status.message();
    SCOPED_TRACE(message);
    EXPECT_TRUE(message.front() >= 'a' && message.front() <= 'z');
    EXPECT_FALSE(message.ends_with('.'));
    EXPECT_LE(message.size(), 512u);
    EXPECT_THAT(message, HasSubstr(": "));
    const bool may_be_spent = it.failed.auth_code_state == v1::UpstreamError::UNKNOWN ||
                              it.failed.auth_code_state == v1::UpstreamError::SPENT;
    if (may_be_spent) {
      EXPECT_THAT(message, HasSubstr("start a new authorization"));
    }
    // Never with a code that is as good as before.
    if (it.failed.auth_code_state == v1::UpstreamError::UNSENT) {
      EXPECT_THAT(message, Not(HasSubstr("start a new authorization")));
    }
  });
}

// Whoever signs in reads no message of an API. Nobody is there to read that he left, and that a
// program made a mistake is of interest only when a sign-in ends with it.
TEST(ErrorWords, HaveASentenceForTheEndUser) {
  ForEachEnd([](const Case& it) {
    const auto localized = FindDetail<google::rpc::LocalizedMessage>(it.status);
    const bool exchange = it.failed.rpc == Rpc::kExchangeAuthCode;
    const bool cancelled = it.failed.reason == v1::CALLER_CANCELLED;
    const bool mistake_of_a_program = it.row->origin == Origin::kCaller &&
                                      it.failed.reason != v1::DEADLINE_EXCEEDED &&
                                      it.failed.reason != v1::DEADLINE_TOO_SHORT;
    const bool exchange_only = it.failed.reason == v1::EXCHANGE_OUTCOME_UNKNOWN;
    if (cancelled || (!exchange && mistake_of_a_program && !exchange_only)) {
      EXPECT_FALSE(localized);
      return;
    }
    ASSERT_TRUE(localized);
    EXPECT_EQ(localized->locale(), "en-US");
    const std::string& text = localized->message();
    SCOPED_TRACE(text);
    EXPECT_TRUE(text.front() >= 'A' && text.front() <= 'Z');
    EXPECT_TRUE(text.ends_with('.'));
    EXPECT_THAT(text, HasSubstr("lease "));  // something to do
    EXPECT_THAT(text, Not(HasSubstr("later")));
    EXPECT_THAT(text, Not(HasSubstr("upstream")));
    const bool when = it.failed.retryable && it.failed.retry_delay;
    EXPECT_EQ(text.find("try again") != std::string::npos, when);
  });
}

// Nobody looked at the code, so nobody may say that it has expired.
TEST(ErrorWords, TellOfAnExpiredSignInOnlyWhenTheApiRefusedTheCode) {
  ForEachEnd([](const Case& it) {
    const auto localized = FindDetail<google::rpc::LocalizedMessage>(it.status);
    if (!localized || localized->message().find("expired") == std::string::npos) return;
    if (it.failed.reason == v1::EXCHANGE_ALREADY_COMPLETED) return;  // it was used, by this caller
    EXPECT_EQ(it.failed.auth_code_state, v1::UpstreamError::REJECTED);
    EXPECT_FALSE(it.failed.refused_in_front);
  });
}

TEST(ErrorWords, LeadToTheEntryOfTheReason) {
  int found = 0;
  ForEachEnd([&](const Case& it) {
    const auto help = FindDetail<google::rpc::Help>(it.status);
    if (!help) return;
    ++found;
    EXPECT_THAT(help->links(0).url(),
                testing::EndsWith("/errors#" + v1::ErrorReason_Name(it.failed.reason)));
  });
  EXPECT_GT(found, 0);
}

TEST(ErrorWords, CountTheAttemptsThatWereSpent) {
  const std::vector<AttemptRecord> earlier(3, RecordOf(JsonError(500)));
  const Outcome outcome = OutcomeOf(JsonError(500), StopReason::kAttemptsExhausted, earlier);
  FailedCall failed = FailUpstream(Rpc::kCreateAuthCode, outcome);
  EXPECT_EQ(ToErrorReply(failed, "request-1", Redaction()).status.message(),
            "the upstream failed (4 attempts): report it to its operators; it said \"no\"");
}

TEST(ErrorWords, SayWhoseKeyWasRefused) {
  const Outcome outcome = OutcomeOf(JsonError(401, "no"));
  const auto message = [&](std::optional<KeyOwner> owner) {
    FailedCall failed = FailUpstream(Rpc::kExchangeAuthCode, outcome);
    failed.key_owner = owner;
    return ToErrorReply(failed, "request-1", Redaction()).status.message();
  };
  EXPECT_EQ(message(KeyOwner::kGateway),
            "the upstream refused the gateway's API key: operators should check --api_key_file; it "
            "said \"no\"");
  EXPECT_EQ(message(KeyOwner::kCaller),
            "the upstream refused the caller's API key: send another one as authorization "
            "metadata; it said \"no\"");
  EXPECT_EQ(message(KeyOwner::kRule),
            "the upstream refused the API key of this caller: operators should check its key_file; "
            "it said \"no\"");
}

TEST(ErrorWords, SayWhoseKeyIsMissing) {
  const auto message = [](KeyOwner owner) {
    FailedCall failed = FailLocally(Rpc::kCreateAuthCode, v1::CREDENTIAL_MISSING);
    failed.key_owner = owner;
    return ToErrorReply(failed, "request-1", Redaction()).status.message();
  };
  EXPECT_EQ(message(KeyOwner::kCaller),
            "this gateway needs the caller's API key: send it as authorization metadata");
  EXPECT_EQ(message(KeyOwner::kRule),
            "the gateway has no usable API key for this caller: operators should check its "
            "key_file");
}

TEST(WaitWords, RoundUp) {
  EXPECT_EQ(WaitWords(0ms), "now");
  EXPECT_EQ(WaitWords(-5ms), "now");
  EXPECT_EQ(WaitWords(1ms), "in 0.1 s");
  EXPECT_EQ(WaitWords(500ms), "in 0.5 s");
  EXPECT_EQ(WaitWords(999ms), "in 1.0 s");
  EXPECT_EQ(WaitWords(1000ms), "in 1 s");
  EXPECT_EQ(WaitWords(1001ms), "in 2 s");
  EXPECT_EQ(WaitWords(60s), "in 60 s");
}

TEST(UserWords, SpeakOfSecondsAndMinutes) {
  const auto words = [](milliseconds wait) { return UserWords(UserText::kUnavailable, wait); };
  EXPECT_THAT(words(0ms), HasSubstr("try again now."));
  EXPECT_THAT(words(200ms), HasSubstr("try again in 1 second."));
  EXPECT_THAT(words(60s), HasSubstr("try again in 60 seconds."));
  EXPECT_THAT(words(181s), HasSubstr("try again in 4 minutes."));
  EXPECT_EQ(UserWords(UserText::kNone, 1s), "");
}

}  // namespace
}  // namespace modelgates::gateway
