#include "integration/upstream_fault.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;

// What an upstream does to the connection. More ends within an answer are in ErrorTable's
// LostAnswers.
constexpr char kHead[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n";

class ConnectionFaults : public UpstreamFaultTest {};

TEST_P(ConnectionFaults, AreWhatTheTableSays) { ExpectTheRow(); }

const UpstreamFault kFaults[] = {
    // Within the request.
    {"ResetBeforeTheBodyIsRead", Answer().ReadingOnly(0).ThenReset(), kResetTwice, kUnknownTwice,
     "UNKNOWN"},
    {"ClosedBeforeTheBodyIsRead", Answer().ReadingOnly(0).ThenClose(), kResetTwice, kUnknownTwice,
     "UNKNOWN"},
    {"ResetWithinTheBody", Answer().ReadingOnly(5).ThenReset(), kResetTwice, kUnknownTwice,
     "UNKNOWN"},
    {"ClosedWithinTheBody", Answer().ReadingOnly(5).ThenClose(), kResetTwice, kUnknownTwice,
     "UNKNOWN"},
    {"RefusedWithinTheBody",
     Answer::Json(403, ErrorBody(403, "no")).ReadingOnly(5).ThenClose(),
     {grpc::PERMISSION_DENIED, "FORBIDDEN", 1},
     {grpc::PERMISSION_DENIED, "FORBIDDEN", 1},
     "REJECTED"},
    // After it, before the answer.
    {"HalfClosedBeforeTheAnswer", Answer().ThenHalfClose(), kResetTwice, kUnknownTwice, "UNKNOWN"},
    {"ClosedAfterAnInterimAnswer", Answer::Bytes("HTTP/1.1 100 Continue\r\n\r\n").ThenClose(),
     kResetTwice, kUnknownTwice, "UNKNOWN"},
    // Within the answer.
    {"ClosedInTheStatusLine", Answer::Bytes("HTTP/1.1 2").ThenClose(), kTruncatedTwice,
     kUnknownTwice, "UNKNOWN"},
    {"HalfClosedInTheBody", Answer::Bytes(std::string(kHead) + "{").ThenHalfClose(),
     kTruncatedTwice, kOutcomeUnknown, "SPENT"},
    // After it.
    {"ResetAfterTheAnswer", Answer::Json(200, kBodyOfBoth).ThenReset(), kServed, kServed, "", false,
     true},
    {"ClosedAfterTheAnswer", Answer::Json(200, kBodyOfBoth).ThenClose(), kServed, kServed, "",
     false, true},
    {"HalfClosedAfterTheAnswer", Answer::Json(200, kBodyOfBoth).ThenHalfClose(), kServed, kServed,
     "", false, true},
    // Slow-loris: something comes now and then, never enough. Time wins.
    {"AHeadByteByByte", Answer().ThenDribble(kHead, milliseconds(150)), kTimeoutTwice,
     kOutcomeUnknown, "UNKNOWN", true},
    {"ABodyByteByByte", Answer::Bytes(kHead).ThenDribble(std::string(5000, ' '), milliseconds(10)),
     kTimeoutTwice, kOutcomeUnknown, "SPENT", true},
    {"AnInterimAnswerNowAndThen",
     Answer().ThenDribble("HTTP/1.1 102 Processing\r\n\r\n", milliseconds(50)).ThenHang(),
     kTimeoutTwice, kOutcomeUnknown, "UNKNOWN", true},
    // As slow, but it ends in time.
    {"ASlowAnswer",
     Answer().ThenDribble(Answer::Json(200, kBodyOfBoth).steps()[0].bytes, milliseconds(1)),
     kServed, kServed},
};

INSTANTIATE_TEST_SUITE_P(, ConnectionFaults, testing::ValuesIn(kFaults),
                         NameOfFault<testing::TestParamInfo<UpstreamFault>>);
INSTANTIATE_TEST_SUITE_P(Http2, ConnectionFaults,
                         testing::ValuesIn(OverHttp2(kFaults, {"ClosedInTheStatusLine"})),
                         NameOfFault<testing::TestParamInfo<UpstreamFault>>);

// What only HTTP/2 can say. The codes are those of RFC 9113, section 7.
constexpr UpstreamFault::Want kRefusedTwice{grpc::UNAVAILABLE, "UPSTREAM_REFUSED_STREAM", 2};

const UpstreamFault kFaultsOfFrames[] = {
    {"StreamRefused", Answer::ResetStream(0x7), kRefusedTwice, kRefusedTwice, "UNSENT"},
    {"GoAwayWithAnError", Answer::GoAwayBelow(0xb), kRefusedTwice, kRefusedTwice, "UNSENT"},
    {"StreamReset", Answer::ResetStream(0x2), kResetTwice, kUnknownTwice, "UNKNOWN"},
    {"GoAwayThenClosed", Answer().ThenGoAway(0x0).ThenClose(), kResetTwice, kUnknownTwice,
     "UNKNOWN"},
    {"NoFrames", Answer().ThenFrames("SSH-2.0-OpenSSH_9.2\r\n"), kMalformed, kOutcomeUnknown,
     "UNKNOWN"},
    {"GoAwayAfterTheAnswer", Answer::Json(200, kBodyOfBoth).ThenGoAway(0x0), kServed, kServed, "",
     false, true},
};

INSTANTIATE_TEST_SUITE_P(Frames, ConnectionFaults, testing::ValuesIn(OverHttp2(kFaultsOfFrames)),
                         NameOfFault<testing::TestParamInfo<UpstreamFault>>);

class Http2Flow : public GatewayTest {
 protected:
  Http2Flow() : GatewayTest({.http2 = true}) {
    // Who waits for a retry waits longer than any test.
    config_.initial_interval = std::chrono::minutes(5);
    config_.max_interval = std::chrono::minutes(5);
  }
};

// Given an exchange that crosses the end of its connection, when the upstream says that it did not
// process it, then it is sent again at once: over HTTP/1.1 its outcome would be unknown.
TEST_F(Http2Flow, AnExchangeThatCrossesTheEndOfItsConnectionIsSentAgain) {
  upstream_.Enqueue(kExchangePath, Answer::GoAwayBelow(0x0));
  EXPECT_THAT(Exchange("code-1"), Succeeds());
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), 2u);
  ASSERT_TRUE(log_.WaitForLines("call", 1));
  EXPECT_EQ(log_.Lines("call")[0]["attempts"], 1);
}

class ConnectionFaultFlow : public GatewayTest {};

class Accepting : public GatewayTest, public testing::WithParamInterface<OnAccept> {};

// A connection that ends as soon as it was made. Whether the request or the end is first is for the
// kernel to say; in either case the code arrives once.
TEST_P(Accepting, AndHangingUpCostsACreateNothing) {
  upstream_.EnqueueConnection(GetParam());
  EXPECT_THAT(Create(), Succeeds());
  EXPECT_EQ(upstream_.CountRequests(kCreatePath), 1u);
  EXPECT_EQ(upstream_.connections(), 2);
}

TEST_P(Accepting, AndHangingUpCostsAnExchangeNothing) {
  upstream_.EnqueueConnection(GetParam());
  EXPECT_THAT(Exchange("code-1"), Succeeds());
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), 1u);
}

// The same with two right ends, and in none of them a second request.
TEST_P(Accepting, AndHangingUpNeverDoublesAnExchangeWithoutRecovery) {
  config_.exchange_recovery = ExchangeRecovery::kNever;
  upstream_.EnqueueConnection(GetParam());
  const auto exchanged = Exchange("code-1");
  SCOPED_TRACE(testing::PrintToString(exchanged));
  if (exchanged.ok()) {
    EXPECT_EQ(upstream_.CountRequests(kExchangePath), 1u);
  } else {
    EXPECT_THAT(exchanged, FailsWith(grpc::ABORTED, "EXCHANGE_OUTCOME_UNKNOWN"));
    EXPECT_EQ(ErrorOf(exchanged).Metadata("authCodeState"), "UNKNOWN");
    EXPECT_EQ(upstream_.CountRequests(kExchangePath), 0u);
  }
  EXPECT_THAT(Exchange("code-2"), Succeeds());
}

INSTANTIATE_TEST_SUITE_P(, Accepting,
                         testing::Values(OnAccept::kClose, OnAccept::kReset,
                                         OnAccept::kResetInHello),
                         [](const auto& row) {
                           switch (row.param) {
                             case OnAccept::kClose:
                               return "Close";
                             case OnAccept::kReset:
                               return "Reset";
                             default:
                               return "ResetAfterSomeBytes";
                           }
                         });

// A silent upstream leaves the gateway's loop alone: others are served meanwhile.
TEST_F(ConnectionFaultFlow, CallsThatWaitHoldUpNoOthers) {
  upstream_.SetDefault(kCreatePath, Answer::Hang());
  std::vector<std::unique_ptr<GatewayClient::PendingCreate>> waiting;
  for (int i = 0; i < 50; ++i) waiting.push_back(client().StartCreate(MinimalCreate()));
  ASSERT_TRUE(upstream_.WaitForRequests(50));
  EXPECT_THAT(Exchange("code-1"), Succeeds());
  for (const auto& call : waiting) EXPECT_FALSE(call->done());
}

}  // namespace
}  // namespace modelgates::gateway
