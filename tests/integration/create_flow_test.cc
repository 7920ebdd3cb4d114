#include <nlohmann/json.hpp>

#include "integration/gateway_fixture.h"

namespace modelgates::gateway {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Optional;
namespace v1 = modelgates::oauth::v1;

class CreateFlow : public GatewayTest {
 protected:
  // The only request that arrived.
  ReceivedRequest OnlyRequest() {
    const std::vector<ReceivedRequest> requests = upstream_.Requests();
    EXPECT_EQ(requests.size(), 1u);
    return requests.empty() ? ReceivedRequest{} : requests.front();
  }
};

TEST_F(CreateFlow, SendsTheLeastAndReturnsTheCode) {
  const auto created = Create();
  ASSERT_THAT(created, Succeeds());
  EXPECT_EQ(created.reply.data().id(), "auth-code-1");
  EXPECT_EQ(created.reply.data().app_id(), 7);
  EXPECT_EQ(created.reply.data().created_at().seconds(), 1'777'863'721);
  EXPECT_EQ(created.reply.data().created_at().nanos(), 500'000'000);

  const ReceivedRequest request = OnlyRequest();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, kCreatePath);
  EXPECT_EQ(request.body, R"({"callback_url":"https://app.example.com/callback"})");
  EXPECT_THAT(request.Header("content-type"), Optional(Eq("application/json")));
  EXPECT_THAT(request.Header("accept"), Optional(Eq("application/json")));
  EXPECT_THAT(request.Header("host"),
              Optional(Eq("127.0.0.1:" + std::to_string(upstream_.port()))));
  EXPECT_TRUE(request.Header("user-agent"));
  for (const char* absent : {"authorization", "http-referer", "x-openrouter-title",
                             "x-openrouter-categories", "expect", "transfer-encoding", "cookie"}) {
    EXPECT_FALSE(request.Header(absent)) << absent;
  }
}

TEST_F(CreateFlow, SendsEveryField) {
  config_.api_key = Secret(std::string("sk-service"));
  v1::CreateAuthCodeRequest request = MinimalCreate();
  request.set_http_referer("https://app.example.com");
  request.set_x_open_router_title("An App");
  request.set_x_open_router_categories("cli-agent,cloud-agent");
  request.set_code_challenge("0123456789-0123456789_0123456789-0123456789");
  request.set_code_challenge_method(v1::S256);
  request.mutable_expires_at()->set_seconds(1'830'297'599);
  request.mutable_expires_at()->set_nanos(123'456'000);
  request.set_key_label("a label, ünïcode and \"quotes\"");
  request.set_limit(0.1);
  request.set_usage_limit_type(v1::WEEKLY);
  request.set_workspace_id("ws-1");
  ASSERT_THAT(client().Create(request), Succeeds());

  const ReceivedRequest sent = OnlyRequest();
  EXPECT_EQ(json::parse(sent.body), json::parse(R"({
    "callback_url": "https://app.example.com/callback",
    "code_challenge": "0123456789-0123456789_0123456789-0123456789",
    "code_challenge_method": "S256",
    "expires_at": "2027-12-31T23:59:59.123456Z",
    "key_label": "a label, ünïcode and \"quotes\"",
    "limit": 0.1,
    "usage_limit_type": "weekly",
    "workspace_id": "ws-1"})"));
  EXPECT_THAT(sent.Header("authorization"), Optional(Eq("Bearer sk-service")));
  EXPECT_THAT(sent.Header("http-referer"), Optional(Eq("https://app.example.com")));
  EXPECT_THAT(sent.Header("x-openrouter-title"), Optional(Eq("An App")));
  EXPECT_THAT(sent.Header("x-openrouter-categories"), Optional(Eq("cli-agent,cloud-agent")));
}

struct BodyCase {
  const char* name;
  std::function<void(v1::CreateAuthCodeRequest&)> set;
  const char* member;
  const char* value;  // as JSON; null: the member is absent
};

class CreateBody : public CreateFlow, public testing::WithParamInterface<BodyCase> {};

TEST_P(CreateBody, IsAsTheContractSays) {
  v1::CreateAuthCodeRequest request = MinimalCreate();
  GetParam().set(request);
  ASSERT_THAT(client().Create(request), Succeeds());
  const json body = json::parse(OnlyRequest().body);
  if (GetParam().value == nullptr) {
    EXPECT_FALSE(body.contains(GetParam().member)) << body;
  } else {
    EXPECT_EQ(body.value(GetParam().member, json()), json::parse(GetParam().value)) << body;
  }
}

using Request = v1::CreateAuthCodeRequest;
constexpr char kChallenge[] = "0123456789-0123456789_0123456789-0123456789";

INSTANTIATE_TEST_SUITE_P(
    Fields, CreateBody,
    testing::Values(
        BodyCase{"UnspecifiedMethodIsAbsent",
                 [](Request& r) {
                   r.set_code_challenge(kChallenge);
                   r.set_code_challenge_method(v1::CODE_CHALLENGE_METHOD_UNSPECIFIED);
                 },
                 "code_challenge_method", nullptr},
        BodyCase{"PlainMethod",
                 [](Request& r) {
                   r.set_code_challenge(kChallenge);
                   r.set_code_challenge_method(v1::PLAIN);
                 },
                 "code_challenge_method", R"("plain")"},
        BodyCase{"UnspecifiedLimitTypeIsAbsent",
                 [](Request& r) { r.set_usage_limit_type(v1::USAGE_LIMIT_TYPE_UNSPECIFIED); },
                 "usage_limit_type", nullptr},
        BodyCase{"Daily", [](Request& r) { r.set_usage_limit_type(v1::DAILY); }, "usage_limit_type",
                 R"("daily")"},
        BodyCase{"Monthly", [](Request& r) { r.set_usage_limit_type(v1::MONTHLY); },
                 "usage_limit_type", R"("monthly")"},
        BodyCase{"LimitZero", [](Request& r) { r.set_limit(0); }, "limit", "0.0"},
        BodyCase{"LimitBelowZero", [](Request& r) { r.set_limit(-5); }, "limit", "-5.0"},
        BodyCase{"LimitSmallest", [](Request& r) { r.set_limit(5e-324); }, "limit", "5e-324"},
        BodyCase{"LimitLargest", [](Request& r) { r.set_limit(1.7976931348623157e308); }, "limit",
                 "1.7976931348623157e308"},
        BodyCase{"LimitThird", [](Request& r) { r.set_limit(1.0 / 3); }, "limit",
                 "0.3333333333333333"},
        BodyCase{"EmptyLabelIsSent", [](Request& r) { r.set_key_label(""); }, "key_label", R"("")"},
        BodyCase{"WholeSecond",
                 [](Request& r) { r.mutable_expires_at()->set_seconds(1'830'297'599); },
                 "expires_at", R"("2027-12-31T23:59:59Z")"},
        BodyCase{"FirstSecondOfAll",
                 [](Request& r) { r.mutable_expires_at()->set_seconds(-62'135'596'800); },
                 "expires_at", R"("0001-01-01T00:00:00Z")"},
        BodyCase{"LastSecondOfAll",
                 [](Request& r) { r.mutable_expires_at()->set_seconds(253'402'300'799); },
                 "expires_at", R"("9999-12-31T23:59:59Z")"}),
    [](const auto& test_case) { return test_case.param.name; });

// Each app header is resolved on its own: the call's value, else the default; empty means none.
TEST_F(CreateFlow, FillsInAndSuppressesAppHeaders) {
  config_.http_referer = "https://default.example";
  config_.x_open_router_title = "Default Title";
  config_.x_open_router_categories = "default-category";
  v1::CreateAuthCodeRequest request = MinimalCreate();
  request.set_x_open_router_title("");
  request.set_x_open_router_categories("own-category");
  ASSERT_THAT(client().Create(request), Succeeds());

  const ReceivedRequest sent = OnlyRequest();
  EXPECT_THAT(sent.Header("http-referer"), Optional(Eq("https://default.example")));
  EXPECT_FALSE(sent.Header("x-openrouter-title"));
  EXPECT_THAT(sent.Header("x-openrouter-categories"), Optional(Eq("own-category")));
}

TEST_F(CreateFlow, NamesAppHeadersAsConfigured) {
  config_.title_header = "X-ModelGates-Title";
  config_.categories_header = "X-ModelGates-Categories";
  v1::CreateAuthCodeRequest request = MinimalCreate();
  request.set_x_open_router_title("An App");
  request.set_x_open_router_categories("own-category");
  ASSERT_THAT(client().Create(request), Succeeds());

  const ReceivedRequest sent = OnlyRequest();
  EXPECT_THAT(sent.Header("x-modelgates-title"), Optional(Eq("An App")));
  EXPECT_THAT(sent.Header("x-modelgates-categories"), Optional(Eq("own-category")));
  EXPECT_FALSE(sent.Header("x-openrouter-title"));
}

TEST_F(CreateFlow, SendsNoCookieBack) {
  upstream_.SetDefault(kCreatePath,
                       Answer::Json(200, kCreatedBody, {{"Set-Cookie", "session=other; Path=/"}}));
  ASSERT_THAT(Create(), Succeeds());
  ASSERT_THAT(Create(), Succeeds());
  for (const ReceivedRequest& request : upstream_.Requests()) {
    EXPECT_FALSE(request.Header("cookie"));
  }
}

TEST_F(CreateFlow, ReturnsASaneRequestIdAndReplacesAnother) {
  // Of visible ASCII, as load balancers and tracers make them.
  const std::string own = R"(Root=1-67891233-abc,a:b/1;o=1"c"\n)";
  const auto with_own = client().Create(MinimalCreate(), {.metadata = {{"x-request-id", own}}});
  ASSERT_THAT(with_own, Succeeds());
  EXPECT_EQ(with_own.Trailer("x-request-id"), own);

  const auto with_bad =
      client().Create(MinimalCreate(), {.metadata = {{"x-request-id", "not a sane id"}}});
  ASSERT_THAT(with_bad, Succeeds());
  EXPECT_THAT(with_bad.Trailer("x-request-id"), testing::MatchesRegex("[0-9a-f]{32}"));

  ASSERT_TRUE(log_.WaitForLines("call", 2));
  EXPECT_EQ(log_.Lines("call").front()["request_id"], own);
}

TEST_F(CreateFlow, LogsOneLineWithTheTrace) {
  const CallSettings traced{
      .metadata = {{"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}};
  ASSERT_THAT(client().Create(MinimalCreate(), traced), Succeeds());
  ASSERT_TRUE(log_.WaitForLines("call", 1));
  const json line = log_.Lines("call").front();
  EXPECT_EQ(line["trace_id"], "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(line["span_id"], "b7ad6b7169203331");
  EXPECT_EQ(line["rpc"], "CreateAuthCode");
  EXPECT_EQ(line["grpc_code"], "OK");
  EXPECT_EQ(line["http_status"], 200);
  EXPECT_EQ(line["attempts"], 1);
  EXPECT_EQ(line["app_id"], 7);
  EXPECT_THAT(line["auth_code_fp"].get<std::string>(), testing::MatchesRegex("[0-9a-f]{12}"));
  EXPECT_GE(line["duration_ms"].get<double>(), 0);
  EXPECT_EQ(log_.Lines("call").size(), 1u);
}

struct AnswerCase {
  const char* name;
  const char* body;
  const char* id;
  int64_t app_id;
  int64_t created_at;  // 0: absent
};

class CreateAnswer : public CreateFlow, public testing::WithParamInterface<AnswerCase> {};

TEST_P(CreateAnswer, IsReadLeniently) {
  upstream_.SetDefault(kCreatePath, Answer::Json(200, GetParam().body));
  const auto created = Create();
  ASSERT_THAT(created, Succeeds());
  EXPECT_EQ(created.reply.data().id(), GetParam().id);
  EXPECT_EQ(created.reply.data().app_id(), GetParam().app_id);
  EXPECT_EQ(created.reply.data().has_created_at(), GetParam().created_at != 0);
  EXPECT_EQ(created.reply.data().created_at().seconds(), GetParam().created_at);
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, CreateAnswer,
    testing::Values(
        AnswerCase{"IdAlone", R"({"data":{"id":"c"}})", "c", 0, 0},
        AnswerCase{"AppIdAsText", R"({"data":{"id":"c","app_id":"7"}})", "c", 7, 0},
        AnswerCase{"AppIdAsDouble", R"({"data":{"id":"c","app_id":7.0}})", "c", 7, 0},
        AnswerCase{"AppIdTooLarge", R"({"data":{"id":"c","app_id":1180591620717411303424}})", "c",
                   0, 0},
        AnswerCase{"NotADate", R"({"data":{"id":"c","created_at":"not a date"}})", "c", 0, 0},
        AnswerCase{"OffsetDate", R"({"data":{"id":"c","created_at":"2026-05-04T05:02:01+02:00"}})",
                   "c", 0, 1'777'863'721},
        AnswerCase{"UnknownMembers", R"({"x":[1,{"y":null}],"data":{"id":"c","z":1e999}})", "c", 0,
                   0},
        AnswerCase{"DuplicateMembers", R"({"data":{"id":"b"},"data":{"id":"c"}})", "c", 0, 0}),
    [](const auto& test_case) { return test_case.param.name; });

TEST_F(CreateFlow, CountsWhatTheUpstreamLeftOut) {
  upstream_.SetDefault(kCreatePath, Answer::Json(200, R"({"data":{"id":"c"}})"));
  ASSERT_THAT(Create(), Succeeds());
  ASSERT_TRUE(log_.WaitForLines("contract_violation", 2));
  std::vector<std::string> fields;
  for (const json& line : log_.Lines("contract_violation")) fields.push_back(line["field"]);
  EXPECT_THAT(fields, testing::UnorderedElementsAre("app_id", "created_at"));
}

TEST_F(CreateFlow, ReadsAChunkedAnswerAfterInterimOnes) {
  upstream_.Enqueue(
      Answer::Bytes("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                    "HTTP/1.1 200 OK\r\nContent-Type: APPLICATION/JSON; charset=utf-8\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n"
                    "5\r\n{\"dat\r\n13\r\na\":{\"id\":\"code-2\"}}\r\n0\r\n\r\n"));
  const auto created = Create();
  ASSERT_THAT(created, Succeeds());
  EXPECT_EQ(created.reply.data().id(), "code-2");
}

}  // namespace
}  // namespace modelgates::gateway
