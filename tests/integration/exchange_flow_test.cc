#include <nlohmann/json.hpp>

#include "integration/gateway_fixture.h"

namespace modelgates::gateway {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using ::testing::Eq;
using ::testing::Optional;
namespace v1 = modelgates::oauth::v1;

class ExchangeFlow : public GatewayTest {
 protected:
  size_t Sent() const { return upstream_.CountRequests(kExchangePath); }
};

TEST_F(ExchangeFlow, SendsTheLeastAndReturnsTheKey) {
  v1::ExchangeAuthCodeRequest request;
  request.set_code("code-1");
  const auto exchanged = client().Exchange(request);
  ASSERT_THAT(exchanged, Succeeds());
  EXPECT_EQ(exchanged.reply.key(), "sk-user-1");
  EXPECT_EQ(exchanged.reply.user_id(), "user-1");
  EXPECT_EQ(exchanged.trailers.count("x-modelgates-replayed"), 0u);

  ASSERT_EQ(upstream_.Requests().size(), 1u);
  const ReceivedRequest sent = upstream_.Requests().front();
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.target, kExchangePath);
  EXPECT_EQ(sent.body, R"({"code":"code-1"})");
  EXPECT_THAT(sent.Header("content-type"), Optional(Eq("application/json")));
  EXPECT_FALSE(sent.Header("authorization"));
}

TEST_F(ExchangeFlow, SendsEveryField) {
  config_.api_key = Secret(std::string("BEARER sk-service"));
  v1::ExchangeAuthCodeRequest request = MinimalExchange("code-\"1\"/\\2");
  request.set_http_referer("https://app.example.com");
  request.set_x_open_router_title("An App");
  request.set_x_open_router_categories("cli-agent");
  ASSERT_THAT(client().Exchange(request), Succeeds());

  const ReceivedRequest sent = upstream_.Requests().front();
  EXPECT_EQ(json::parse(sent.body), (json{{"code", "code-\"1\"/\\2"},
                                          {"code_challenge_method", "S256"},
                                          {"code_verifier", kVerifier}}));
  // A key that names its scheme goes out as it is.
  EXPECT_THAT(sent.Header("authorization"), Optional(Eq("BEARER sk-service")));
  EXPECT_THAT(sent.Header("http-referer"), Optional(Eq("https://app.example.com")));
  EXPECT_THAT(sent.Header("x-openrouter-title"), Optional(Eq("An App")));
  EXPECT_THAT(sent.Header("x-openrouter-categories"), Optional(Eq("cli-agent")));
}

TEST_F(ExchangeFlow, SendsNullForAMethodThatIsSetToUnspecified) {
  v1::ExchangeAuthCodeRequest request = MinimalExchange("code-1");
  request.set_code_challenge_method(v1::CODE_CHALLENGE_METHOD_UNSPECIFIED);
  ASSERT_THAT(client().Exchange(request), Succeeds());
  const json body = json::parse(upstream_.Requests().front().body);
  ASSERT_TRUE(body.contains("code_challenge_method"));
  EXPECT_TRUE(body["code_challenge_method"].is_null());
}

TEST_F(ExchangeFlow, SendsPlain) {
  v1::ExchangeAuthCodeRequest request = MinimalExchange("code-1");
  request.set_code_challenge_method(v1::PLAIN);
  ASSERT_THAT(client().Exchange(request), Succeeds());
  EXPECT_EQ(json::parse(upstream_.Requests().front().body)["code_challenge_method"], "plain");
}

struct AnswerCase {
  const char* name;
  const char* body;
  const char* key;
  const char* user_id;  // null: absent
};

class ExchangeAnswer : public ExchangeFlow, public testing::WithParamInterface<AnswerCase> {};

TEST_P(ExchangeAnswer, IsReadLeniently) {
  upstream_.SetDefault(kExchangePath, Answer::Json(200, GetParam().body));
  const auto exchanged = Exchange("code-1");
  ASSERT_THAT(exchanged, Succeeds());
  EXPECT_EQ(exchanged.reply.key(), GetParam().key);
  EXPECT_EQ(exchanged.reply.has_user_id(), GetParam().user_id != nullptr);
  if (GetParam().user_id != nullptr) {
    EXPECT_EQ(exchanged.reply.user_id(), GetParam().user_id);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, ExchangeAnswer,
    testing::Values(AnswerCase{"NullUser", R"({"key":"k","user_id":null})", "k", nullptr},
                    AnswerCase{"NoUser", R"({"key":"k"})", "k", nullptr},
                    AnswerCase{"MistypedUser", R"({"key":"k","user_id":7})", "k", nullptr},
                    AnswerCase{"EmptyUser", R"({"key":"k","user_id":""})", "k", ""},
                    AnswerCase{"EscapedKey", R"({"key":"k\u002d1\u00fc"})", "k-1ü", nullptr}),
    [](const auto& test_case) { return test_case.param.name; });

// Given an exchange that was answered, when the identical call is made again, then it gets the same
// key from memory and the code is not sent again.
TEST_F(ExchangeFlow, ReplaysTheKeyToTheIdenticalCall) {
  ASSERT_THAT(Exchange("code-1"), Succeeds());
  const auto again = Exchange("code-1");
  ASSERT_THAT(again, Succeeds());
  EXPECT_EQ(again.reply.key(), "sk-user-1");
  EXPECT_EQ(again.reply.user_id(), "user-1");
  EXPECT_EQ(again.Trailer("x-modelgates-replayed"), "true");
  EXPECT_EQ(Sent(), 1u);
  ASSERT_TRUE(log_.WaitForLines("call", 2));
  EXPECT_EQ(log_.Lines("call")[0]["replayed"], false);
  EXPECT_EQ(log_.Lines("call")[1]["replayed"], true);

  const std::vector<json> audit = log_.Lines("exchange_replayed");
  ASSERT_EQ(audit.size(), 1u);
  for (const char* field : {"request_id", "rpc", "peer", "auth_code_fp"}) {
    EXPECT_EQ(audit[0][field], log_.Lines("call")[1][field]) << field;
  }
  EXPECT_EQ(log_.text().find("sk-user-1"), std::string::npos);
  EXPECT_EQ(log_.text().find(kVerifier), std::string::npos);
}

// Given an exchange whose key was given as often as it is replayed, when it is repeated once more,
// then the gateway answers by itself: a strict upstream revokes the key when it sees the code
// again.
TEST_F(ExchangeFlow, SendsNothingOnceTheKeyWasGivenOftenEnough) {
  for (int i = 0; i < 6; ++i) ASSERT_THAT(Exchange("code-1"), Succeeds());
  for (int i = 0; i < 3; ++i) {
    const auto refused = Exchange("code-1");
    EXPECT_THAT(refused, FailsWith(grpc::FAILED_PRECONDITION, "EXCHANGE_ALREADY_COMPLETED"));
    ExpectEnvelope(refused, "ExchangeAuthCode");
    const TypedError error = ErrorOf(refused);
    EXPECT_EQ(error.Metadata("authCodeState"), "SPENT");
    EXPECT_EQ(error.Metadata("retryable"), "false");
    EXPECT_EQ(error.Metadata("attempts"), "0");
    EXPECT_TRUE(error.localized_message);
    EXPECT_TRUE(refused.reply.key().empty());
    EXPECT_EQ(refused.trailers.count("x-modelgates-replayed"), 0u);
  }
  EXPECT_EQ(Sent(), 1u);
}

TEST_F(ExchangeFlow, ReplaysNothingWithoutAVerifier) {
  v1::ExchangeAuthCodeRequest request;
  request.set_code("code-1");
  ASSERT_THAT(client().Exchange(request), Succeeds());
  ASSERT_THAT(client().Exchange(request), Succeeds());
  EXPECT_EQ(Sent(), 2u);
}

TEST_F(ExchangeFlow, ReplaysNothingToACallThatDiffers) {
  ASSERT_THAT(Exchange("code-1"), Succeeds());
  v1::ExchangeAuthCodeRequest other = MinimalExchange("code-1");
  other.set_code_verifier(std::string(kVerifier) + "x");
  ASSERT_THAT(client().Exchange(other), Succeeds());
  other = MinimalExchange("code-1");
  other.clear_code_challenge_method();
  ASSERT_THAT(client().Exchange(other), Succeeds());
  ASSERT_THAT(Exchange("code-2"), Succeeds());
  EXPECT_EQ(Sent(), 4u);
}

TEST_F(ExchangeFlow, SendsAgainForACallThatOptsOut) {
  ASSERT_THAT(Exchange("code-1"), Succeeds());
  const CallSettings once{.metadata = {{"x-modelgates-exchange", "once-only"}}};
  const auto again = client().Exchange(MinimalExchange("code-1"), once);
  ASSERT_THAT(again, Succeeds());
  EXPECT_EQ(again.trailers.count("x-modelgates-replayed"), 0u);
  EXPECT_EQ(Sent(), 2u);
}

// The outcome of a code that may be spent is remembered: the same answer, nothing sent.
TEST_F(ExchangeFlow, RemembersAnUnknownOutcome) {
  upstream_.SetDefault(kExchangePath, Answer().ThenReset());
  EXPECT_THAT(Exchange("code-1"), FailsWith(grpc::ABORTED, "EXCHANGE_OUTCOME_UNKNOWN"));
  const size_t sent = Sent();
  AnswerBoth(upstream_);
  const auto again = Exchange("code-1");
  EXPECT_THAT(again, FailsWith(grpc::ABORTED, "EXCHANGE_OUTCOME_UNKNOWN"));
  EXPECT_EQ(Sent(), sent);
}

TEST_F(ExchangeFlow, RemembersAKeyThatCouldNotBeRead) {
  upstream_.SetDefault(kExchangePath, Answer::Json(200, R"({"user_id":"u"})"));
  EXPECT_THAT(Exchange("code-1"), FailsWith(grpc::INTERNAL, "UPSTREAM_RESPONSE_MALFORMED"));
  AnswerBoth(upstream_);
  const auto again = Exchange("code-1");
  EXPECT_THAT(again, FailsWith(grpc::INTERNAL, "UPSTREAM_RESPONSE_MALFORMED"));
  EXPECT_EQ(ErrorOf(again).Metadata("authCodeState"), "SPENT");
  EXPECT_EQ(Sent(), 1u);
}

TEST_F(ExchangeFlow, ForgetsAnExchangeThatWasNotSent) {
  upstream_.Enqueue(Answer::Json(429, ErrorBody(429, "slow down")));
  v1::ExchangeAuthCodeRequest request = MinimalExchange("code-1");
  request.mutable_retries()->set_strategy(v1::RetryConfig::NONE);
  EXPECT_THAT(client().Exchange(request), FailsWith(grpc::RESOURCE_EXHAUSTED, "RATE_LIMITED"));
  EXPECT_THAT(client().Exchange(request), Succeeds());
  EXPECT_EQ(Sent(), 2u);
}

}  // namespace
}  // namespace modelgates::gateway
