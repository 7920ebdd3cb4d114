#include "telemetry/call_scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/log_capture.h"
#include "support/server_series.h"
#include "unit/failure/failed_support.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr auto kCreate = Rpc::kCreateAuthCode;
constexpr auto kExchange = Rpc::kExchangeAuthCode;
constexpr char kTraceparent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TimePoint kStart = TimePoint(1000h);

// Given a call that began 1.5 s ago.
class CallScopeTest : public testing::Test {
 protected:
  CallScope& Start(Rpc rpc, Severity min_severity = Severity::kDebug,
                   std::string_view traceparent = kTraceparent,
                   std::string peer = "ipv4:127.0.0.1:4711") {
    capture_.emplace(min_severity);
    scope_.emplace(
        rpc, kStart, "request-1", traceparent, std::move(peer),
        CallObservers{capture_->log(), metrics_, nullptr, &failures_, nullptr, &recent_});
    return *scope_;
  }
  json Finished(const CallScope::End& end) {
    scope_->Finish(end, kStart + 1500ms);
    const std::vector<json> lines = capture_->Lines();
    EXPECT_EQ(lines.size(), 1u);
    return lines.empty() ? json() : lines[0];
  }
  void ExpectMetric(const std::string& sample) {
    EXPECT_THAT(metrics_.Render(), HasSubstr(sample + "\n"));
  }

  Metrics metrics_;
  UpstreamFailures failures_;
  RecentFailures recent_{[] { return absl::FromUnixSeconds(7); }};
  std::optional<LogCapture> capture_;
  std::optional<CallScope> scope_;
};

// The names that operations.md gives; `timestamp` beside them.
json Without(json line, const std::string& name) {
  EXPECT_TRUE(line.contains(name));
  line.erase(name);
  return line;
}

TEST_F(CallScopeTest, WritesOneLineForASuccess) {
  Start(kCreate);
  Outcome outcome = OutcomeOf(JsonError(200), StopReason::kNotRetryable,
                              {RecordOf(JsonError(503)), RecordOf(JsonError(503))});
  for (AttemptRecord& attempt : outcome.attempts) attempt.elapsed = 250ms;
  const json line = Finished({.attempts = &outcome.attempts,
                              .cause = CauseOf(outcome.last),
                              .app_id = 42,
                              .auth_code_fp = "0123456789ab"});
  EXPECT_EQ(Without(line, "timestamp"), json::parse(R"({
      "severity": "INFO", "event": "call", "message": "call finished",
      "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331",
      "request_id": "request-1", "rpc": "CreateAuthCode", "grpc_code": "OK", "http_status": 200,
      "attempts": 3, "duration_ms": 1500, "upstream_ms": 750, "peer": "ipv4:127.0.0.1:4711",
      "app_id": 42, "auth_code_fp": "0123456789ab"})"));
}

TEST_F(CallScopeTest, IsAnExemplarOfItsDurationWhenItsCallerIsTraced) {
  Start(kCreate).Finish({}, kStart + 1500ms);
  EXPECT_THAT(metrics_.RenderOpenMetrics(),
              HasSubstr(R"(le="2.5"} 1 # {trace_id="0af7651916cd43dd8448eb211c80319c")"));
}

TEST_F(CallScopeTest, KeepsWhatFailedAlone) {
  Start(kCreate).Finish({}, kStart);
  EXPECT_TRUE(recent_.Newest().empty());

  Start(kCreate, Severity::kError);
  Outcome outcome =
      OutcomeOf(JsonError(503), StopReason::kNotRetryable, {RecordOf(JsonError(503))});
  const FailedCall failed = FailUpstream(kCreate, outcome);
  scope_->Finish({.failed = &failed,
                  .attempts = &outcome.attempts,
                  .cause = "a cause",
                  .upstream_request_id = "upstream-1"},
                 kStart);
  const std::vector<RecentFailure> kept = recent_.Newest();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].at, absl::FromUnixSeconds(7));
  EXPECT_EQ(kept[0].rpc, kCreate);
  EXPECT_EQ(kept[0].reason, v1::ErrorReason_Name(failed.reason));
  EXPECT_EQ(kept[0].http_status, 503);
  EXPECT_EQ(kept[0].cause, "a cause");
  EXPECT_EQ(kept[0].attempts, failed.attempts);
  EXPECT_EQ(kept[0].request_id, "request-1");
  EXPECT_EQ(kept[0].upstream_request_id, "upstream-1");
}

TEST_F(CallScopeTest, WritesOneLineForAFailure) {
  Start(kExchange);
  const Outcome outcome = OutcomeOf(JsonError(403, "canary-code"));
  FailedCall failed = FailUpstream(kExchange, outcome);
  failed.attempts += 1;
  const json line = Finished({.failed = &failed,
                              .attempts = &outcome.attempts,
                              .cause = CauseOf(outcome.last),
                              .joined = true,
                              .replayed = false});
  EXPECT_EQ(Without(line, "timestamp"), json::parse(R"({
      "severity": "INFO", "event": "call", "message": "call finished",
      "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331",
      "request_id": "request-1", "rpc": "ExchangeAuthCode", "grpc_code": "PERMISSION_DENIED",
      "reason": "FORBIDDEN", "stop_reason": "not_retryable", "auth_code_state": "REJECTED",
      "http_status": 403, "attempts": 2, "duration_ms": 1500, "upstream_ms": 0,
      "joined": true, "replayed": false, "peer": "ipv4:127.0.0.1:4711"})"));
  EXPECT_THAT(capture_->text(), Not(HasSubstr("canary")));
}

TEST_F(CallScopeTest, WritesNothingUpstreamForACallThatWasNotSent) {
  Start(kCreate, Severity::kInfo, "not a traceparent");
  const FailedCall failed = FailLocally(kCreate, v1::DEADLINE_TOO_SHORT);
  const json line = Finished({.failed = &failed});
  EXPECT_EQ(line["grpc_code"], "DEADLINE_EXCEEDED");
  EXPECT_EQ(line["attempts"], 0);
  EXPECT_EQ(line["stop_reason"], "deadline");
  for (const char* absent : {"http_status", "upstream_ms", "trace_id", "span_id", "joined",
                             "replayed", "auth_code_state", "app_id", "auth_code_fp", "caller"}) {
    EXPECT_FALSE(line.contains(absent)) << absent;
  }
}

struct SeverityCase {
  std::string name;
  ErrorReason local;  // ERROR_REASON_UNSPECIFIED: `last` decides
  HttpResult last;
  std::string severity;
  std::optional<KeyOwner> key_owner{};
};

class CallSeverityTest : public CallScopeTest, public testing::WithParamInterface<SeverityCase> {};

TEST_P(CallSeverityTest, FollowsFromWhoMustAct) {
  Start(kExchange);
  const Outcome outcome = OutcomeOf(GetParam().last);
  FailedCall failed = GetParam().local == v1::ERROR_REASON_UNSPECIFIED
                          ? FailUpstream(kExchange, outcome)
                          : FailLocally(kExchange, GetParam().local);
  failed.key_owner = GetParam().key_owner;
  EXPECT_EQ(Finished({.failed = &failed})["severity"], GetParam().severity);
}

constexpr auto kNone = v1::ERROR_REASON_UNSPECIFIED;

INSTANTIATE_TEST_SUITE_P(
    Failures, CallSeverityTest,
    testing::Values(
        SeverityCase{"BadField", v1::FIELD_INVALID, {}, "INFO"},
        SeverityCase{"NoBearer", v1::CREDENTIAL_MISSING, {}, "INFO"},
        SeverityCase{"Cancelled", v1::CALLER_CANCELLED, {}, "INFO"},
        SeverityCase{"Deadline", v1::DEADLINE_EXCEEDED, {}, "INFO"},
        SeverityCase{"Overload", v1::GATEWAY_OVERLOADED, {}, "WARNING"},
        SeverityCase{"NotAllowed", v1::CALLER_NOT_ALLOWED, {}, "INFO"},
        SeverityCase{"AboveItsShare", v1::CALLER_LIMIT_EXCEEDED, {}, "INFO"},
        SeverityCase{"Refused", kNone, JsonError(403), "INFO"},
        SeverityCase{"OurKeyRefused", kNone, JsonError(401), "WARNING", KeyOwner::kGateway},
        SeverityCase{"KeyOfARuleRefused", kNone, JsonError(401), "WARNING", KeyOwner::kRule},
        SeverityCase{"NoKeyOfARule", v1::CREDENTIAL_MISSING, {}, "WARNING", KeyOwner::kRule},
        SeverityCase{"CallersKeyRefused", kNone, JsonError(401), "INFO", KeyOwner::kCaller},
        SeverityCase{"UpstreamFailedWithACallersKey", kNone, JsonError(500), "WARNING",
                     KeyOwner::kCaller},
        SeverityCase{"NoEndpoint", kNone, JsonError(405), "WARNING"},
        SeverityCase{"UpstreamFailed", kNone, JsonError(500), "WARNING"},
        SeverityCase{"Lost", kNone, TransportError{TransportFailure::kReset, Delivery::kMaybe},
                     "WARNING"}),
    [](const auto& row) { return row.param.name; });

// A caller's bad bearer is that caller's affair: nobody is paged for it.
TEST_F(CallScopeTest, CountsRefusalsOfTheGatewaysOwnKeyOnly) {
  constexpr char kRefused[] = "oauth_gateway_own_key_refused_total ";
  const Outcome outcome = OutcomeOf(JsonError(401));
  FailedCall failed = FailUpstream(kExchange, outcome);
  failed.key_owner = KeyOwner::kCaller;
  Start(kExchange).Finish({.failed = &failed}, kStart);
  ExpectMetric(kRefused + std::string("0"));
  failed.key_owner = KeyOwner::kGateway;
  Start(kExchange).Finish({.failed = &failed}, kStart);
  ExpectMetric(kRefused + std::string("1"));
  const Outcome forbidden = OutcomeOf(JsonError(403));
  FailedCall other = FailUpstream(kExchange, forbidden);
  other.key_owner = KeyOwner::kGateway;
  Start(kExchange).Finish({.failed = &other}, kStart);
  ExpectMetric(kRefused + std::string("1"));
}

TEST_F(CallScopeTest, EscapesWhatTheCallerMayChoose) {
  Start(kCreate, Severity::kInfo, kTraceparent, "unix:\"a\"\n{\"event\":\"x\"}\xff");
  const json line = Finished({});
  EXPECT_EQ(line["peer"], "unix:\"a\"\n{\"event\":\"x\"}\uFFFD");
}

// What a caller is not told: whoever runs the gateway needs it, at the default level.
TEST_F(CallScopeTest, LogsWhyACallWasLost) {
  const Outcome outcome = OutcomeOf(TransportError{.failure = TransportFailure::kTlsUntrusted,
                                                   .delivery = Delivery::kNever,
                                                   .cause = "192.0.2.1:443: expired"});
  const FailedCall failed = FailUpstream(kCreate, outcome);
  Start(kCreate, Severity::kInfo);
  const json line =
      Finished({.failed = &failed, .attempts = &outcome.attempts, .cause = CauseOf(outcome.last)});
  EXPECT_EQ(line["cause"], "192.0.2.1:443: expired");
  const Outcome answered = OutcomeOf(JsonError(500));
  const FailedCall refused = FailUpstream(kCreate, answered);
  Start(kCreate, Severity::kInfo);
  EXPECT_FALSE(
      Finished(
          {.failed = &refused, .attempts = &answered.attempts, .cause = CauseOf(answered.last)})
          .contains("cause"));
}

TEST_F(CallScopeTest, LogsFailedAttemptsAtDebugOnly) {
  const AttemptRecord refused =
      RecordOf(TransportError{TransportFailure::kConnect, Delivery::kNever});
  Start(kCreate, Severity::kError).OnAttempt(refused, "127.0.0.1:443: refused");
  EXPECT_EQ(capture_->text(), "");

  AttemptRecord answered = RecordOf(JsonError(503));
  answered.started = 1ms;
  answered.elapsed = 20ms;
  CallScope& scope = Start(kCreate);
  scope.OnAttempt(refused, "127.0.0.1:443: refused");
  scope.OnAttempt(answered, "");
  scope.OnAttempt(RecordOf(JsonError(200)), "");
  const std::vector<json> lines = capture_->Lines();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0]["event"], "attempt");
  EXPECT_EQ(lines[0]["severity"], "DEBUG");
  EXPECT_EQ(lines[0]["failure"], "connect");
  EXPECT_EQ(lines[0]["cause"], "127.0.0.1:443: refused");
  EXPECT_FALSE(lines[0].contains("http_status"));
  EXPECT_EQ(lines[1]["http_status"], 503);
  EXPECT_FALSE(lines[1].contains("cause"));
  EXPECT_EQ(lines[1]["started_ms"], 1);
  EXPECT_EQ(lines[1]["elapsed_ms"], 20);
  EXPECT_EQ(lines[1]["request_id"], "request-1");
  EXPECT_EQ(lines[1]["rpc"], "CreateAuthCode");
}

// Given an upstream that fails for many calls, then the log says what failed, once, and when that
// changes.
TEST_F(CallScopeTest, LogsWhatFailsUpstreamWhenItChanges) {
  const auto expired = RecordOf(TransportError{.failure = TransportFailure::kTlsUntrusted,
                                               .delivery = Delivery::kNever,
                                               .detail = FailureDetail::kCertificateExpired});
  CallScope& scope = Start(kCreate, Severity::kInfo);
  scope.OnAttempt(RecordOf(JsonError(503)), "");
  for (int i = 0; i < 100; ++i) scope.OnAttempt(expired, "upstream:443: certificate has expired");
  AttemptRecord later = RecordOf(JsonError(200));
  later.started = 20s;
  scope.OnAttempt(later, "");
  std::vector<json> lines = capture_->Lines();
  ASSERT_EQ(lines.size(), 2u);
  for (json& line : lines) line.erase("timestamp");
  EXPECT_EQ(lines[0], json::parse(R"({
      "severity": "WARNING", "event": "upstream_failed",
      "message": "a request to the upstream has no complete answer",
      "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331",
      "request_id": "request-1", "rpc": "CreateAuthCode", "failure": "tls_untrusted",
      "detail": "certificate_expired", "cause": "upstream:443: certificate has expired",
      "attempt": 2, "count": 1})"));
  EXPECT_EQ(lines[1], json::parse(R"({"severity": "INFO", "event": "upstream_recovered",
      "message": "the upstream answers again", "count": 100})"));
  ExpectMetric("oauth_gateway_upstream_failures_total{cause=\"certificate_expired\"} 100");
}

TEST_F(CallScopeTest, LogsTheUpstreamsIdOfAFailedCall) {
  const Outcome outcome = OutcomeOf(JsonError(500));
  const FailedCall failed = FailUpstream(kCreate, outcome);
  Start(kCreate);
  const json line =
      Finished({.failed = &failed, .attempts = &outcome.attempts, .upstream_request_id = "req_1"});
  EXPECT_EQ(line["upstream_request_id"], "req_1");
}

TEST_F(CallScopeTest, LogsAndCountsABrokenContract) {
  Start(kCreate).OnContractViolated("created_at");
  const std::vector<json> lines = capture_->Lines();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["event"], "contract_violation");
  EXPECT_EQ(lines[0]["severity"], "WARNING");
  EXPECT_EQ(lines[0]["field"], "created_at");
  ExpectMetric("oauth_gateway_upstream_contract_violations_total{field=\"created_at\"} 1");
}

TEST_F(CallScopeTest, CountsACallFromItsStartToItsEnd) {
  Start(kExchange, Severity::kError);
  ExpectMetric("oauth_gateway_calls_in_flight 1");
  const Outcome outcome = OutcomeOf(TransportError{TransportFailure::kReset, Delivery::kMaybe},
                                    StopReason::kUnsafeExchange);
  const FailedCall failed = FailUpstream(kExchange, outcome);
  scope_->OnAttempt(outcome.attempts[0], "");
  scope_->OnDecision({.stop = StopReason::kUnsafeExchange, .retry_after = {}});
  scope_->OnAnswerLost();
  scope_->OnMemoryFull();
  scope_->Finish({.failed = &failed,
                  .attempts = &outcome.attempts,
                  .cause = CauseOf(outcome.last),
                  .details_truncated = true,
                  .joined = true,
                  .replayed = true},
                 kStart + 1500ms);
  EXPECT_EQ(capture_->text(), "");
  ExpectMetric("oauth_gateway_calls_in_flight 0");
  ExpectMetric("oauth_gateway_exchange_outcome_unknown_total 1");
  ExpectMetric("oauth_gateway_exchange_memory_full_total 1");
  ExpectMetric("oauth_gateway_resend_prevented_total 1");
  ExpectMetric("oauth_gateway_error_details_truncated_total 1");
  ExpectMetric("oauth_gateway_exchange_joins_total 1");
  ExpectMetric("oauth_gateway_exchange_replays_total 1");
  const std::string metrics = metrics_.Render();
  ExpectMetric(ServerSeries("grpc_server_handled_total", "ExchangeAuthCode", "ABORTED") + " 1");
  for (const char* counted : {"reason=\"EXCHANGE_OUTCOME_UNKNOWN\",rpc=\"ExchangeAuthCode\"} 1",
                              "outcome=\"reset\",rpc=\"ExchangeAuthCode\"} 1",
                              "decision=\"unsafe_exchange\",rpc=\"ExchangeAuthCode\"} 1"}) {
    EXPECT_THAT(metrics, HasSubstr(counted));
  }
}

TEST_F(CallScopeTest, CountsARetryThatWasMadeAsNoPreventedOne) {
  Start(kExchange).OnDecision({.retry = true, .retry_after = {}});
  ExpectMetric("oauth_gateway_resend_prevented_total 0");
  EXPECT_THAT(metrics_.Render(), HasSubstr("decision=\"retry\",rpc=\"ExchangeAuthCode\"} 1"));
}

}  // namespace
}  // namespace modelgates::gateway
