#include "telemetry/call_spans.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "support/log_capture.h"
#include "telemetry/call_scope.h"
#include "unit/failure/failed_support.h"
#include "unit/trace/span_ledger.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using namespace std::chrono_literals;

constexpr auto kCreate = Rpc::kCreateAuthCode;
constexpr auto kExchange = Rpc::kExchangeAuthCode;
constexpr char kTrace[] = "0af7651916cd43dd8448eb211c80319c";
constexpr char kParent[] = "b7ad6b7169203331";
constexpr char kSampled[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr char kNotSampled[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

std::string TextOf(const Span::Value& value) {
  struct Text {
    std::string operator()(bool it) const { return it ? "true" : "false"; }
    std::string operator()(int it) const { return std::to_string(it); }
    std::string operator()(Span::NumberText it) const {
      return "'" + std::to_string(it.value) + "'";
    }
    std::string operator()(std::string_view it) const { return std::string(it); }
  };
  return std::visit(Text(), value);
}

using Attributes = std::map<std::string, std::string>;

Attributes AttributesOf(const Span& span) {
  Attributes attributes;
  std::string fixed(span.fixed_attributes);
  if (!fixed.empty()) fixed.pop_back();  // the comma
  for (const auto& attribute : nlohmann::json::parse("[" + fixed + "]")) {
    const std::string value = attribute.at("value").begin().value();
    EXPECT_TRUE(attributes.emplace(attribute.at("key"), value).second);
  }
  for (const Span::Attribute& attribute : span.attributes()) {
    EXPECT_TRUE(attributes.emplace(attribute.name, TextOf(attribute.value)).second);
  }
  return attributes;
}

class CallSpansTest : public testing::Test {
 protected:
  std::unique_ptr<CallScope> Start(Rpc rpc, std::string_view traceparent = kSampled) {
    return std::make_unique<CallScope>(rpc, start_, "request-1", traceparent, "peer",
                                       CallObservers{log_.log(), metrics_, &tracer_});
  }
  std::vector<Span> Spans() {
    std::vector<Span> spans;
    queue_.Take(100, spans);
    return spans;
  }
  Span TheSpan() {
    std::vector<Span> spans = Spans();
    EXPECT_EQ(spans.size(), 1u);
    return spans.empty() ? Span() : spans.front();
  }

  const TimePoint start_ = std::chrono::steady_clock::now();
  LogCapture log_;
  Metrics metrics_;
  SpanLedger ledger_;
  SpanQueue queue_{100, 100, [] {}, ledger_};
  CallTracer tracer_{{}, "https://upstream.example/api/v1/", "192.0.2.1:50051", queue_};
};

TEST_F(CallSpansTest, ASuccessHasASpanOfTheServer) {
  const auto before = std::chrono::system_clock::now().time_since_epoch();
  Start(kCreate)->Finish({.app_id = 42, .auth_code_fp = "0123456789ab"}, start_ + 20ms);
  const Span span = TheSpan();
  EXPECT_EQ(span.kind, SpanKind::kServer);
  EXPECT_EQ(span.name, "modelgates.oauth.v1.OAuthService/CreateAuthCode");
  EXPECT_EQ(span.context.trace_id.text(), kTrace);
  EXPECT_EQ(span.parent.text(), kParent);
  EXPECT_TRUE(span.parent_is_remote);
  EXPECT_EQ(span.context.span_id.text().size(), 16u);
  EXPECT_NE(span.context.span_id.text(), kParent);
  EXPECT_LT(span.start, before + 1s);
  EXPECT_GT(span.start, before - 60s);
  EXPECT_EQ(span.duration, 20ms);
  EXPECT_FALSE(span.failed);
  EXPECT_FALSE(span.link.valid());
  EXPECT_EQ(std::string(span.auth_code_fp.data(), span.auth_code_fp.size()), "0123456789ab");
  EXPECT_EQ(AttributesOf(span),
            (Attributes{{"rpc.system.name", "grpc"},
                        {"rpc.method", "modelgates.oauth.v1.OAuthService/CreateAuthCode"},
                        {"rpc.status_code", "OK"},
                        {"server.address", "192.0.2.1"},
                        {"server.port", "50051"}}));
}

TEST_F(CallSpansTest, AFailedExchangeSaysWhatBecameOfItsCode) {
  const Outcome outcome = OutcomeOf(TransportError{TransportFailure::kReset, Delivery::kMaybe},
                                    StopReason::kUnsafeExchange);
  const FailedCall failed = FailUpstream(kExchange, outcome);
  Start(kExchange)->Finish({.failed = &failed, .attempts = &outcome.attempts, .replayed = true},
                           start_);
  const Span span = TheSpan();
  const Attributes attributes = AttributesOf(span);
  EXPECT_EQ(attributes.at("rpc.status_code"), "ABORTED");
  EXPECT_EQ(attributes.at("modelgates.reason"), "EXCHANGE_OUTCOME_UNKNOWN");
  EXPECT_EQ(attributes.at("modelgates.auth_code_state"), "UNKNOWN");
  EXPECT_EQ(attributes.at("modelgates.joined"), "false");
  EXPECT_EQ(attributes.at("modelgates.replayed"), "true");
}

struct CodeCase {
  std::string name;
  ErrorReason reason;
  std::string status_code;
  bool failed;  // the conventions: only what is the server's fault
};

class ServerFaultTest : public CallSpansTest, public testing::WithParamInterface<CodeCase> {};

TEST_P(ServerFaultTest, IsAnErrorOfTheSpan) {
  const FailedCall failed = FailLocally(kCreate, GetParam().reason);
  Start(kCreate)->Finish({.failed = &failed}, start_);
  const Span span = TheSpan();
  const Attributes attributes = AttributesOf(span);
  EXPECT_EQ(attributes.at("rpc.status_code"), GetParam().status_code);
  EXPECT_EQ(span.failed, GetParam().failed);
  EXPECT_EQ(attributes.contains("error.type"), GetParam().failed);
}

INSTANTIATE_TEST_SUITE_P(
    Codes, ServerFaultTest,
    testing::Values(CodeCase{"InvalidArgument", v1::FIELD_INVALID, "INVALID_ARGUMENT", false},
                    CodeCase{"Unauthenticated", v1::CREDENTIAL_MISSING, "UNAUTHENTICATED", false},
                    CodeCase{"PermissionDenied", v1::CALLER_NOT_ALLOWED, "PERMISSION_DENIED",
                             false},
                    CodeCase{"Cancelled", v1::CALLER_CANCELLED, "CANCELLED", false},
                    CodeCase{"DeadlineExceeded", v1::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", true},
                    CodeCase{"Unavailable", v1::GATEWAY_DRAINING, "UNAVAILABLE", true}),
    [](const auto& row) { return row.param.name; });

TEST_F(CallSpansTest, EachAttemptHasASpanOfAClient) {
  const auto scope = Start(kExchange);
  AttemptRecord refused = RecordOf(TransportError{TransportFailure::kConnect, Delivery::kNever});
  refused.elapsed = 3ms;
  AttemptRecord answered = RecordOf(JsonError(503));
  answered.started = 500ms;
  answered.elapsed = 20ms;
  scope->OnAttempt(refused, "192.0.2.1: refused");
  scope->OnAttempt(answered, "");
  scope->OnAttempt(RecordOf(JsonError(200)), "");
  scope->Finish({}, start_ + 1s);
  const std::vector<Span> spans = Spans();
  ASSERT_EQ(spans.size(), 4u);
  const Span& server = spans[3];
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(spans[i].kind, SpanKind::kClient);
    EXPECT_EQ(spans[i].name, "POST /auth/keys");
    EXPECT_EQ(spans[i].context.trace_id, server.context.trace_id);
    EXPECT_EQ(spans[i].parent, server.context.span_id);
    EXPECT_FALSE(spans[i].parent_is_remote);
    for (size_t k = 0; k < i; ++k) EXPECT_NE(spans[i].context.span_id, spans[k].context.span_id);
  }
  const Attributes common{{"http.request.method", "POST"},
                          {"server.address", "upstream.example"},
                          {"server.port", "443"},
                          {"url.full", "https://upstream.example/api/v1/auth/keys"},
                          {"network.protocol.version", "1.1"}};
  const auto with = [&](Attributes more) {
    more.insert(common.begin(), common.end());
    return more;
  };
  EXPECT_EQ(AttributesOf(spans[0]), with({{"error.type", "connect"}}));
  EXPECT_EQ(AttributesOf(spans[1]), with({{"error.type", "'503'"},
                                          {"http.response.status_code", "503"},
                                          {"http.request.resend_count", "1"}}));
  EXPECT_EQ(AttributesOf(spans[2]),
            with({{"http.response.status_code", "200"}, {"http.request.resend_count", "2"}}));
  EXPECT_TRUE(spans[0].failed && spans[1].failed);
  EXPECT_FALSE(spans[2].failed);
  EXPECT_EQ(spans[1].start - server.start, 500ms);
  EXPECT_EQ(spans[1].duration, 20ms);
}

// An exchange goes on when its caller has left.
TEST_F(CallSpansTest, AnAttemptAfterTheCallStaysInItsTrace) {
  const auto scope = Start(kExchange);
  const FailedCall failed = FailLocally(kExchange, v1::EXCHANGE_IN_PROGRESS);
  scope->Finish({.failed = &failed}, start_ + 1s);
  AttemptRecord late = RecordOf(JsonError(200));
  late.elapsed = 5s;
  scope->OnAttempt(late, "");
  const std::vector<Span> spans = Spans();
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[1].parent, spans[0].context.span_id);
  EXPECT_EQ(spans[1].context.trace_id.text(), kTrace);
  EXPECT_GT(spans[1].start + spans[1].duration, spans[0].start + spans[0].duration);
}

TEST_F(CallSpansTest, AJoinedCallLinksToTheSpanThatItWaitsFor) {
  const auto first = Start(kExchange);
  const auto second = Start(kExchange, "");
  second->OnJoined(first->Span());
  second->Finish({.joined = true}, start_);
  const Span span = TheSpan();
  EXPECT_EQ(span.link, first->Span());
  EXPECT_NE(span.context.trace_id.text(), kTrace);
  EXPECT_EQ(AttributesOf(span).at("modelgates.joined"), "true");
}

TEST_F(CallSpansTest, ACallWithoutATraceBeginsOne) {
  const auto scope = Start(kCreate, "00-not-a-traceparent");
  scope->Finish({}, start_);
  const Span span = TheSpan();
  EXPECT_TRUE(span.parent.empty());
  EXPECT_FALSE(span.parent_is_remote);
  const auto lines = log_.Lines("call");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["trace_id"], std::string(span.context.trace_id.text()));
  EXPECT_EQ(lines[0]["span_id"], std::string(span.context.span_id.text()));
}

TEST_F(CallSpansTest, ACallThatIsNotSampledHasNone) {
  const auto scope = Start(kExchange, kNotSampled);
  EXPECT_FALSE(scope->is_traced());
  EXPECT_FALSE(scope->Span().valid());
  scope->OnAttempt(RecordOf(JsonError(200)), "");
  scope->Finish({}, start_);
  EXPECT_TRUE(Spans().empty());
  EXPECT_EQ(log_.Lines("call")[0]["trace_id"], kTrace);
  EXPECT_EQ(log_.Lines("call")[0]["span_id"], kParent);
}

// The first caller was not sampled: there is nothing to link to.
TEST_F(CallSpansTest, AJoinOfACallWithoutSpansIsNoLink) {
  const auto first = Start(kExchange, kNotSampled);
  const auto second = Start(kExchange);
  second->OnJoined(first->Span());
  second->Finish({.joined = true}, start_);
  EXPECT_FALSE(TheSpan().link.valid());
}

TEST_F(CallSpansTest, AllSpansHaveTheTracestateOfTheCaller) {
  const auto scope = Start(kCreate);
  scope->SetTracestate("vendor=1");
  scope->OnAttempt(RecordOf(JsonError(200)), "");
  scope->Finish({}, start_);
  for (const Span& span : Spans()) {
    ASSERT_NE(span.tracestate, nullptr);
    EXPECT_EQ(*span.tracestate, "vendor=1");
  }
}

TEST_F(CallSpansTest, AnyIsNoAddressOfTheGateway) {
  CallTracer any({}, "http://[::1]:8080", "[::]:0", queue_);
  CallScope scope(kCreate, start_, "request-1", "", "peer", {log_.log(), metrics_, &any});
  scope.OnAttempt(RecordOf(JsonError(200)), "");
  scope.Finish({}, start_);
  const std::vector<Span> spans = Spans();
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(AttributesOf(spans[0]).at("server.address"), "::1");
  EXPECT_EQ(AttributesOf(spans[0]).at("url.full"), "http://[::1]:8080/auth/keys/code");
  EXPECT_FALSE(AttributesOf(spans[1]).contains("server.address"));
  EXPECT_FALSE(AttributesOf(spans[1]).contains("server.port"));
}

}  // namespace
}  // namespace modelgates::gateway
