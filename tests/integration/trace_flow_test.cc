#include <algorithm>

#include "integration/gateway_fixture.h"
#include "integration/trace_sink.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
namespace v1 = modelgates::oauth::v1;

constexpr char kTrace[] = "0af7651916cd43dd8448eb211c80319c";
constexpr char kParent[] = "b7ad6b7169203331";
constexpr char kSampled[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr char kOtherTrace[] = "11111111111111111111111111111111";
constexpr char kOther[] = "00-11111111111111111111111111111111-2222222222222222-01";

CallSettings With(const std::string& traceparent) {
  return {.metadata = {{"traceparent", traceparent}}};
}

// Given a gateway whose spans go to a collector.
class TraceFlow : public GatewayTest {
 protected:
  TraceFlow() {
    collector_.SetDefault(Answer::Json(200, "{}"));
    traces_ = TracesTo(collector_.url());
  }

  // Ends the gateway, which sends what is left.
  void Collect() {
    Stop();
    spans_ = SpansOf(collector_);
  }
  std::vector<ReceivedSpan> Of(bool server, const std::string& trace) const {
    std::vector<ReceivedSpan> found;
    for (const ReceivedSpan& span : spans_) {
      if (span.is_server() == server && span.trace_id == trace) found.push_back(span);
    }
    std::sort(found.begin(), found.end(),
              [](const ReceivedSpan& a, const ReceivedSpan& b) { return a.start < b.start; });
    return found;
  }
  std::vector<ReceivedSpan> Servers(const std::string& trace = kTrace) const {
    return Of(true, trace);
  }
  std::vector<ReceivedSpan> Clients(const std::string& trace = kTrace) const {
    return Of(false, trace);
  }

  FakeUpstream collector_;
  std::vector<ReceivedSpan> spans_;
};

TEST_F(TraceFlow, ACallWithRetriesIsASpanWithAnAttemptEach) {
  upstream_.Enqueue(Answer::Json(503, ErrorBody(503, "busy")));
  CallSettings settings = With(kSampled);
  settings.metadata.emplace_back("tracestate", "vendor=1, other=2");
  ASSERT_TRUE(client().Create(MinimalCreate(), settings).ok());
  Collect();

  ASSERT_EQ(Servers().size(), 1u);
  const ReceivedSpan server = Servers()[0];
  EXPECT_EQ(server.name, "modelgates.oauth.v1.OAuthService/CreateAuthCode");
  EXPECT_EQ(server.parent, kParent);
  EXPECT_EQ(server.attributes.at("rpc.status_code"), "OK");
  EXPECT_EQ(server.attributes.at("modelgates.auth_code_fp").size(), 12u);
  ASSERT_EQ(Clients().size(), 2u);
  for (const ReceivedSpan& client : Clients()) {
    EXPECT_EQ(client.name, "POST /auth/keys/code");
    EXPECT_EQ(client.parent, server.span_id);
    EXPECT_EQ(client.tracestate, "vendor=1,other=2");
    EXPECT_EQ(client.attributes.at("url.full"), upstream_.url() + kCreatePath);
    EXPECT_GE(client.start, server.start);
    EXPECT_LE(client.end, server.end);
  }
  EXPECT_EQ(Clients()[0].attributes.at("error.type"), "503");
  EXPECT_FALSE(Clients()[0].attributes.contains("http.request.resend_count"));
  EXPECT_EQ(Clients()[1].attributes.at("http.request.resend_count"), "1");
  EXPECT_EQ(log_.Lines("call")[0]["trace_id"], kTrace);
  EXPECT_EQ(log_.Lines("call")[0]["span_id"], server.span_id);

  // The collector gets what the specification says, and the upstream nothing of it.
  const ReceivedRequest request = collector_.Requests().at(0);
  EXPECT_EQ(request.target, "/v1/traces");
  EXPECT_EQ(request.Header("content-type"), "application/json");
  EXPECT_THAT(request.Header("user-agent").value_or(""),
              testing::StartsWith("modelgates-oauth-gateway/"));
  for (const ReceivedRequest& it : upstream_.Requests()) {
    EXPECT_FALSE(it.Header("traceparent").has_value());
    EXPECT_FALSE(it.Header("tracestate").has_value());
  }
}

TEST_F(TraceFlow, AJoinedExchangeLinksToTheSpanThatItJoined) {
  upstream_.SetDefault(kExchangePath, Answer::Json(200, kKeyBody).Delayed(200ms));
  const auto first = client().StartExchange(MinimalExchange("code-1"), With(kSampled));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  const auto second = client().StartExchange(MinimalExchange("code-1"), With(kOther));
  ASSERT_TRUE(first->Wait().ok());
  ASSERT_TRUE(second->Wait().ok());
  Collect();

  ASSERT_EQ(Servers().size(), 1u);
  ASSERT_EQ(Servers(kOtherTrace).size(), 1u);
  EXPECT_EQ(Clients().size(), 1u);
  EXPECT_EQ(Clients(kOtherTrace).size(), 0u);
  const ReceivedSpan joined = Servers(kOtherTrace)[0];
  EXPECT_EQ(joined.attributes.at("modelgates.joined"), "true");
  EXPECT_EQ(joined.links,
            std::vector<std::string>{std::string(kTrace) + " " + Servers()[0].span_id});
  EXPECT_EQ(Servers()[0].attributes.at("modelgates.joined"), "false");
  EXPECT_TRUE(Servers()[0].links.empty());
}

// Given an exchange whose caller leaves, when its answer comes, then its attempt is a span of the
// caller's trace that ends after the caller's span.
TEST_F(TraceFlow, ADetachedExchangeStaysInItsTrace) {
  upstream_.SetDefault(kExchangePath, Answer::Json(200, kKeyBody).Delayed(300ms));
  const auto first = client().StartExchange(MinimalExchange("code-1"), With(kSampled));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  first->Cancel();
  EXPECT_FALSE(first->Wait().ok());
  ASSERT_TRUE(log_.WaitForLines("call", 1));
  ASSERT_TRUE(client().Exchange(MinimalExchange("code-1"), With(kOther)).ok());
  Collect();

  ASSERT_EQ(Servers().size(), 1u);
  ASSERT_EQ(Clients().size(), 1u);
  EXPECT_EQ(Servers()[0].attributes.at("modelgates.reason"), "CALLER_CANCELLED");
  EXPECT_EQ(Servers()[0].attributes.at("modelgates.auth_code_state"), "IN_FLIGHT");
  EXPECT_EQ(Clients()[0].parent, Servers()[0].span_id);
  EXPECT_GT(Clients()[0].end, Servers()[0].end);
  ASSERT_EQ(Servers(kOtherTrace).size(), 1u);
  EXPECT_EQ(Servers(kOtherTrace)[0].links,
            std::vector<std::string>{std::string(kTrace) + " " + Servers()[0].span_id});
}

TEST_F(TraceFlow, ACallThatIsRefusedAtTheDoorHasASpan) {
  config_.max_concurrent_calls = 1;
  upstream_.SetDefault(kCreatePath, Answer::Json(201, kCreatedBody).Delayed(200ms));
  const auto first = client().StartCreate(MinimalCreate());
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  EXPECT_FALSE(client().Create(MinimalCreate(), With(kSampled)).ok());
  EXPECT_TRUE(first->Wait().ok());
  Collect();
  ASSERT_EQ(Servers().size(), 1u);
  EXPECT_EQ(Servers()[0].attributes.at("modelgates.reason"), "GATEWAY_OVERLOADED");
  EXPECT_EQ(Servers()[0].parent, kParent);
  EXPECT_TRUE(Clients().empty());
}

TEST_F(TraceFlow, TheCallersDecisionNotToSampleIsKept) {
  ASSERT_TRUE(
      client()
          .Create(MinimalCreate(), With("00-" + std::string(kTrace) + "-" + kParent + "-00"))
          .ok());
  Collect();
  EXPECT_TRUE(spans_.empty());
  EXPECT_EQ(collector_.connections(), 0);
}

// Trace Context, section 3.2: neither of two is the caller's.
TEST_F(TraceFlow, TwoTraceparentsAreNone) {
  CallSettings settings = With(kSampled);
  settings.metadata.emplace_back("traceparent", kOther);
  ASSERT_TRUE(client().Create(MinimalCreate(), settings).ok());
  Collect();
  ASSERT_EQ(spans_.size(), 2u);
  for (const ReceivedSpan& span : spans_) {
    EXPECT_NE(span.trace_id, kTrace);
    EXPECT_NE(span.trace_id, kOtherTrace);
  }
}

// Every text that callers and the upstream control has this word.
constexpr char kCanary[] = "canary";

std::string Challenge() { return std::string(kCanary) + std::string(37, 'c'); }
std::string Verifier() { return std::string(kCanary) + std::string(37, 'v'); }

TEST_F(TraceFlow, NoTextOfCallersOrOfTheUpstreamIsInASpan) {
  config_.credential_mode = CredentialMode::kPassthrough;
  const std::string echo = ErrorBody(403, std::string(kCanary) + " sk-canary " + Verifier());
  const Answer::Fields fields = {{"x-request-id", "canary-upstream"},
                                 {"location", "https://canary.example/"},
                                 {"content-language", kCanary}};
  upstream_.SetDefault(kExchangePath, Answer::Json(403, echo, fields));
  upstream_.SetDefault(
      kCreatePath,
      Answer::Json(201, R"({"data":{"id":"canary-code","app_id":7,"created_at":"canary"}})",
                   fields));
  upstream_.Enqueue(kCreatePath, Answer::Json(503, echo, fields));
  const CallSettings settings{.metadata = {{"traceparent", kSampled},
                                           {"authorization", "Bearer sk-canary-caller"},
                                           {"x-request-id", "canary-request"},
                                           {"baggage", "canary=1"},
                                           {"user-agent", kCanary},
                                           {"x-canary", kCanary}}};
  v1::CreateAuthCodeRequest create = MinimalCreate();
  create.set_callback_url("https://canary.example/callback?canary=1");
  create.set_code_challenge(Challenge());
  create.set_code_challenge_method(v1::PLAIN);
  create.set_key_label(kCanary);
  create.set_workspace_id(kCanary);
  create.set_http_referer("https://canary.example");
  create.set_x_open_router_title(kCanary);
  create.set_x_open_router_categories(kCanary);
  EXPECT_TRUE(client().Create(create, settings).ok());
  v1::ExchangeAuthCodeRequest exchange;
  exchange.set_code("canary-auth-code");
  exchange.set_code_verifier(Verifier());
  EXPECT_FALSE(client().Exchange(exchange, settings).ok());
  Collect();

  EXPECT_EQ(Servers().size(), 2u);
  EXPECT_EQ(Clients().size(), 3u);
  size_t bytes = 0;
  for (const ReceivedRequest& request : collector_.Requests()) {
    EXPECT_EQ(request.head.find(kCanary), std::string::npos);
    EXPECT_EQ(request.body.find(kCanary), std::string::npos) << request.body;
    bytes += request.body.size();
  }
  EXPECT_GT(bytes, 1000u);
  // The upstream got all of it, and said it.
  std::string sent;
  for (const ReceivedRequest& request : upstream_.Requests()) sent += request.head + request.body;
  for (const std::string& text :
       {std::string("canary-auth-code"), Verifier(), Challenge(), std::string("sk-canary-caller"),
        std::string("https://canary.example/callback?canary=1"),
        std::string("\"key_label\":\"canary\""), std::string("\"workspace_id\":\"canary\"")}) {
    EXPECT_NE(sent.find(text), std::string::npos) << text;
  }
}

// The one text of a caller that a span has is the one that is meant for collectors. This is also
// the proof that the test above would find a text.
TEST_F(TraceFlow, OnlyTracestateIsOfTheCaller) {
  CallSettings settings = With(kSampled);
  settings.metadata.emplace_back("tracestate", "vendor=canary");
  ASSERT_TRUE(client().Create(MinimalCreate(), settings).ok());
  Collect();
  ASSERT_FALSE(collector_.Requests().empty());
  EXPECT_NE(collector_.Requests()[0].body.find(kCanary), std::string::npos);
}

}  // namespace
}  // namespace modelgates::gateway
