#include "telemetry/upstream_failures.h"

#include <gtest/gtest.h>

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto kConnect = TransportFailure::kConnect;
constexpr auto kUntrusted = TransportFailure::kTlsUntrusted;
constexpr auto kNone = FailureDetail::kNone;
constexpr std::nullopt_t kNoLine = std::nullopt;
const TimePoint kStart(1000h);

TEST(UpstreamFailures, AreSaidWhenTheirCauseChanges) {
  UpstreamFailures failures;
  EXPECT_EQ(failures.OnFailed(kConnect, FailureDetail::kRefused, kStart), 1u);
  EXPECT_EQ(failures.OnFailed(kConnect, FailureDetail::kRefused, kStart + 1s), kNoLine);
  EXPECT_EQ(failures.OnFailed(kConnect, FailureDetail::kUnreachable, kStart + 2s), 1u);
  EXPECT_EQ(failures.OnFailed(kUntrusted, FailureDetail::kCertificateExpired, kStart + 3s), 1u);
  EXPECT_EQ(failures.OnFailed(kUntrusted, FailureDetail::kCertificateName, kStart + 4s), 1u);
  EXPECT_EQ(failures.OnFailed(kUntrusted, FailureDetail::kCertificateName, kStart + 5s), kNoLine);
}

TEST(UpstreamFailures, AreCountedBetweenTheLinesOfAMinute) {
  UpstreamFailures failures;
  EXPECT_EQ(failures.OnFailed(kConnect, kNone, kStart), 1u);
  for (int i = 1; i < 60; ++i)
    EXPECT_EQ(failures.OnFailed(kConnect, kNone, kStart + i * 1s), kNoLine);
  EXPECT_EQ(failures.OnFailed(kConnect, kNone, kStart + 60s), 60u);
  EXPECT_EQ(failures.OnFailed(kConnect, kNone, kStart + 61s), kNoLine);
}

TEST(UpstreamFailures, AreOverWhenTheUpstreamHasAnsweredForAWhile) {
  UpstreamFailures failures;
  EXPECT_EQ(failures.OnAnswered(kStart), kNoLine);
  failures.OnFailed(kConnect, kNone, kStart);
  failures.OnFailed(kConnect, kNone, kStart + 5s);
  EXPECT_EQ(failures.OnAnswered(kStart + 14s), kNoLine);
  EXPECT_EQ(failures.OnAnswered(kStart + 15s), 2u);
  EXPECT_EQ(failures.OnAnswered(kStart + 16s), kNoLine);
  EXPECT_EQ(failures.OnFailed(kConnect, kNone, kStart + 17s), 1u);
}

// Given an upstream of which every second request fails, then that is one line a minute.
TEST(UpstreamFailures, AreFewLinesWhileAnswersAndFailuresAlternate) {
  UpstreamFailures failures;
  int lines = 0;
  for (int i = 0; i < 6'000; ++i) {
    const TimePoint now = kStart + i * 100ms;
    const auto line =
        i % 2 == 0 ? failures.OnFailed(kConnect, kNone, now) : failures.OnAnswered(now);
    lines += line ? 1 : 0;
  }
  EXPECT_EQ(lines, 10);
}

TEST(UpstreamFailures, AreNotWhatACallerGaveUp) {
  UpstreamFailures failures;
  EXPECT_EQ(failures.OnFailed(TransportFailure::kCancelled, kNone, kStart), kNoLine);
  EXPECT_EQ(failures.OnAnswered(kStart + 60s), kNoLine);
}

}  // namespace
}  // namespace modelgates::gateway
