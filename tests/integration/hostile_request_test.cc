#include "integration/gateway_fixture.h"
#include "support/metric_value.h"
#include "support/raw_http2.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

class HostileRequests : public GatewayTest {
 protected:
  void ExpectItStillServes() {
    EXPECT_THAT(Create(), Succeeds());
    EXPECT_THAT(Exchange("code-1"), Succeeds());
  }
};

// A length-delimited field of a message.
std::string Field(int number, const std::string& value) {
  std::string bytes(1, static_cast<char>(number << 3 | 2));
  bytes.push_back(static_cast<char>(value.size()));
  return bytes + value;
}

// Bytes that are no message, and text that is not UTF-8, as some clients send for half a surrogate
// pair: the caller learns that, and the operator sees the call.
TEST_F(HostileRequests, WhatIsNoMessageIsRefusedInWords) {
  size_t calls = 0;
  for (const std::string& bytes :
       {std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), std::string(1000, '\x0b'),
        Field(1, "abc").substr(0, 3), Field(1, "code-\xff\xc3"), Field(1, "\xed\xa0\x80")}) {
    for (const std::string method : {"CreateAuthCode", "ExchangeAuthCode"}) {
      const CallEnd call = client().SendRaw(method, bytes);
      EXPECT_THAT(call, FailsWith(grpc::INVALID_ARGUMENT, "REQUEST_MALFORMED"));
      ExpectEnvelope(call, method);
      EXPECT_THAT(call.status.error_message(), testing::HasSubstr("UTF-8"));
      ++calls;
      const nlohmann::json line = log_.Lines("call").back();
      EXPECT_EQ(line["reason"], "REQUEST_MALFORMED");
      EXPECT_EQ(line["rpc"], method);
    }
  }
  EXPECT_EQ(log_.Lines("call").size(), calls);
  EXPECT_EQ(upstream_.connections(), 0);
  ExpectItStillServes();
}

// A stream that ends without a message, or within one.
TEST_F(HostileRequests, NoMessageIsRefusedInWords) {
  RawHttp2 raw(server().grpc_address());
  const std::string part = RawHttp2::MessageHead(100) + std::string(99, ' ');
  for (const std::string& bytes : {std::string(), part}) {
    raw.Send(raw.OpenCall("ExchangeAuthCode"));
    raw.Send(raw.Data(bytes) + raw.EndStream());
    EXPECT_EQ(raw.WaitForEnd(raw.stream()), RawHttp2::End::kAnswered);
  }
  const auto lines = log_.Lines("call");
  ASSERT_EQ(lines.size(), 2u);
  for (const nlohmann::json& line : lines) EXPECT_EQ(line["reason"], "REQUEST_MALFORMED");
  ExpectItStillServes();
}

// The method is unary: the first message is the request, whatever follows.
TEST_F(HostileRequests, OnlyTheFirstMessageIsRead) {
  RawHttp2 raw(server().grpc_address());
  const std::string message = MinimalExchange("code-9").SerializeAsString();
  const std::string framed = RawHttp2::MessageHead(message.size()) + message;
  raw.Send(raw.OpenCall("ExchangeAuthCode"));
  raw.Send(raw.Data(framed + framed + framed));
  EXPECT_EQ(raw.WaitForEnd(raw.stream()), RawHttp2::End::kAnswered);
  EXPECT_EQ(upstream_.Requests().size(), 1u);
  EXPECT_EQ(log_.Lines("call").size(), 1u);
  ExpectItStillServes();
}

// Parts may come one by one, with calls of others between them.
TEST_F(HostileRequests, ARequestInPartsIsServed) {
  RawHttp2 raw(server().grpc_address());
  const std::string message = MinimalExchange("code-9").SerializeAsString();
  const std::string framed = RawHttp2::MessageHead(message.size()) + message;
  raw.Send(raw.OpenCall("ExchangeAuthCode"));
  for (const char byte : framed) {
    EXPECT_THAT(Create(), Succeeds());
    raw.Send(raw.Data(std::string(1, byte)));
  }
  raw.Send(raw.EndStream());
  EXPECT_EQ(raw.WaitForEnd(raw.stream()), RawHttp2::End::kAnswered);
  EXPECT_THAT(upstream_.Requests().back().body, testing::HasSubstr("code-9"));
}

// What goes before its request has come leaves nothing behind.
TEST_F(HostileRequests, ARequestThatIsTakenBackIsForgotten) {
  config_.admin_listen = "127.0.0.1:0";
  constexpr char kIncomplete[] = "oauth_gateway_incomplete_requests";
  {
    RawHttp2 raw(server().grpc_address());
    const std::string part = RawHttp2::MessageHead(100) + std::string(50, ' ');
    for (int i = 0; i < 3; ++i) {
      raw.Send(raw.OpenCall("ExchangeAuthCode"));
      raw.Send(raw.Data(part));
    }
    EXPECT_TRUE(WaitForMetric(server().admin_address(), kIncomplete, 3));
    raw.Send(RawHttp2::ResetFrame(raw.stream()));
    EXPECT_TRUE(WaitForMetric(server().admin_address(), kIncomplete, 2));
  }
  EXPECT_TRUE(WaitForMetric(server().admin_address(), kIncomplete, 0));
  EXPECT_EQ(log_.Lines("call").size(), 0u);
  ExpectItStillServes();
}

// Metadata within its bound, such as a service mesh adds, harms nobody; above it the call is
// refused, and so may be others on its connection.
TEST_F(HostileRequests, MetadataWithinItsBoundIsTaken) {
  upstream_.SetDefault(kExchangePath,
                       Answer::Json(200, kKeyBody).Delayed(std::chrono::milliseconds(500)));
  const auto exchange = client().StartExchange(MinimalExchange("code-1"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  CallSettings settings;
  settings.metadata = {{"baggage", std::string(15'000, 'b')}};
  EXPECT_THAT(client().Create(MinimalCreate(), settings), Succeeds());
  EXPECT_THAT(exchange->Wait(), Succeeds());
}

TEST_F(HostileRequests, MetadataAboveItsBoundIsRefused) {
  config_.max_metadata_bytes = 4096;
  CallSettings settings;
  settings.metadata = {{"baggage", std::string(4096, 'b')}};
  // gRPC may end the connection that brought it, a moment later: each call has its own.
  GatewayClient creates(server().grpc_address());
  EXPECT_EQ(creates.Create(MinimalCreate(), settings).status.error_code(),
            grpc::RESOURCE_EXHAUSTED);
  GatewayClient exchanges(server().grpc_address());
  EXPECT_EQ(exchanges.Exchange(MinimalExchange("code-1"), settings).status.error_code(),
            grpc::RESOURCE_EXHAUSTED);
  EXPECT_EQ(upstream_.connections(), 0);
  ExpectItStillServes();
}

TEST_F(HostileRequests, AMessageAbove64KilobytesIsRefused) {
  v1::ExchangeAuthCodeRequest request = MinimalExchange(std::string(64 << 10, 'c'));
  EXPECT_EQ(client().Exchange(request).status.error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_EQ(upstream_.connections(), 0);
  ExpectItStillServes();
}

// Below that, every field has a bound; all that are above are named, within the budget.
TEST_F(HostileRequests, LongFieldsAreNamed) {
  const std::string much(8'000, 'x');
  const std::string long_header(8'193, 'x');
  v1::CreateAuthCodeRequest create;
  create.set_callback_url("https://app.example.com/" + much);
  create.set_http_referer(long_header);
  create.set_x_open_router_title(long_header);
  create.set_x_open_router_categories(long_header);
  create.set_code_challenge(much);
  create.set_code_challenge_method(v1::S256);
  create.set_key_label(much);
  create.set_workspace_id(much);
  const auto created = client().Create(create);
  EXPECT_THAT(created, FailsWith(grpc::INVALID_ARGUMENT, "FIELD_INVALID"));
  ExpectEnvelope(created, "CreateAuthCode");
  EXPECT_THAT(ErrorOf(created).Fields(),
              testing::UnorderedElementsAre("callback_url", "http_referer", "x_open_router_title",
                                            "x_open_router_categories", "code_challenge",
                                            "key_label", "workspace_id"));

  v1::ExchangeAuthCodeRequest exchange = MinimalExchange(much);
  exchange.set_code_verifier(much);
  exchange.set_http_referer(long_header);
  const auto exchanged = client().Exchange(exchange);
  EXPECT_THAT(exchanged, FailsWith(grpc::INVALID_ARGUMENT, "FIELD_INVALID"));
  ExpectEnvelope(exchanged, "ExchangeAuthCode");
  EXPECT_THAT(ErrorOf(exchanged).Fields(),
              testing::UnorderedElementsAre("code", "http_referer", "code_verifier"));
  EXPECT_EQ(upstream_.connections(), 0);
}

// The longest values that the contract allows are sent whole.
TEST_F(HostileRequests, FieldsAtTheirBoundAreSent) {
  v1::CreateAuthCodeRequest create;
  const std::string origin = "https://app.example.com/";
  create.set_callback_url(origin + std::string(2048 - origin.size(), 'p'));
  create.set_http_referer(std::string(8192, 'r'));
  create.set_key_label(std::string(1024, 'l'));
  create.set_workspace_id(std::string(256, 'w'));
  ASSERT_THAT(client().Create(create), Succeeds());
  EXPECT_EQ(upstream_.Requests().back().Header("http-referer"), create.http_referer());
  EXPECT_THAT(client().Exchange(MinimalExchange(std::string(2048, 'c'))), Succeeds());
}

// Every field wrong, and as many retry statuses as fit: the error fits into its budget.
TEST_F(HostileRequests, ManyViolationsStayWithinTheBudget) {
  v1::CreateAuthCodeRequest request;
  request.set_callback_url("\n");
  request.set_http_referer("\n");
  request.set_x_open_router_title("\n");
  request.set_x_open_router_categories("\n");
  request.set_code_challenge("\n");
  request.set_code_challenge_method(static_cast<v1::CodeChallengeMethod>(1000));
  request.mutable_expires_at()->set_nanos(-1);
  request.set_usage_limit_type(static_cast<v1::UsageLimitType>(-5));
  for (int i = 0; i < 32; ++i) request.mutable_retries()->add_status_codes("bad");
  const auto created =
      client().Create(request, {.metadata = {{"x-request-id", std::string(128, 'r')}}});
  EXPECT_THAT(created, FailsWith(grpc::INVALID_ARGUMENT, "FIELD_REQUIRED"));
  ExpectEnvelope(created, "CreateAuthCode");
  EXPECT_GE(ErrorOf(created).Fields().size(), 8u);
}

// Callers of a newer contract are served.
TEST_F(HostileRequests, UnknownFieldsAreIgnored) {
  const std::string unknown = std::string("\xf8\x7f\x01", 3) +  // 2047: varint
                              std::string(
                                  "\xf2\x7f\x04"
                                  "four",
                                  7);  // 2046: bytes
  EXPECT_TRUE(client().SendRaw("CreateAuthCode", Field(1, kCallbackUrl) + unknown).ok());
  EXPECT_TRUE(client().SendRaw("ExchangeAuthCode", Field(1, "code-1") + unknown).ok());
  EXPECT_EQ(upstream_.Requests().size(), 2u);
  EXPECT_EQ(upstream_.Requests().back().body, R"({"code":"code-1"})");
}

// The caller learns what is served, the operator that somebody asked.
TEST_F(HostileRequests, AnUnknownMethodIsAnsweredInWords) {
  config_.admin_listen = "127.0.0.1:0";
  const CallEnd call = client().SendRaw("DeleteAuthCode", "");
  EXPECT_EQ(call.status.error_code(), grpc::UNIMPLEMENTED);
  EXPECT_THAT(
      call.status.error_message(),
      testing::AllOf(testing::HasSubstr("CreateAuthCode"), testing::HasSubstr("ExchangeAuthCode"),
                     testing::HasSubstr("modelgates.oauth.v1.OAuthService")));
  EXPECT_EQ(call.Trailer("grpc-retry-pushback-ms"), "-1");
  const auto lines = log_.Lines("unknown_method");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["method"], "/modelgates.oauth.v1.OAuthService/DeleteAuthCode");
  EXPECT_TRUE(
      WaitForMetric(server().admin_address(), "oauth_gateway_unknown_method_calls_total", 1));
  ExpectItStillServes();
}

// An RPC that the contract gains has to be served.
TEST_F(HostileRequests, EveryMethodOfTheContractIsServed) {
  const auto& service = *v1::CreateAuthCodeRequest::descriptor()->file()->service(0);
  for (int i = 0; i < service.method_count(); ++i) {
    const std::string& method = service.method(i)->name();
    EXPECT_THAT(client().SendRaw(method, ""), FailsWith(grpc::INVALID_ARGUMENT, "FIELD_REQUIRED"))
        << method;
  }
}

// Of a path that is none only what cannot be a secret is logged.
TEST_F(HostileRequests, AnUnknownPathIsLoggedInPart) {
  RawHttp2 raw(server().grpc_address());
  for (const std::string& path :
       std::vector<std::string>{"/modelgates.oauth.v2.OAuthService/CreateAuthCode",
                                "/callback?code=c0de", "/x.Y/" + std::string(1000, 'z')}) {
    raw.Send(raw.OpenPath(path));
    EXPECT_EQ(raw.WaitForEnd(raw.stream()), RawHttp2::End::kAnswered) << path;
  }
  std::vector<std::string> methods;
  for (const nlohmann::json& line : log_.Lines("unknown_method")) methods.push_back(line["method"]);
  EXPECT_THAT(methods, testing::ElementsAre("/modelgates.oauth.v2.OAuthService/CreateAuthCode",
                                            "/callback", "/x.Y/" + std::string(123, 'z')));
}

TEST_F(HostileRequests, MetadataOfAnySizeAndShapeIsHarmless) {
  CallSettings settings;
  settings.metadata = {{"x-request-id", std::string(129, 'a')},
                       {"traceparent", "00-zz-zz-01"},
                       {"grpc-trace-bin", std::string("\0\1\2", 3)},
                       {"authorization", std::string(4000, 'b')}};
  const auto created = client().Create(MinimalCreate(), settings);
  ASSERT_THAT(created, Succeeds());
  EXPECT_THAT(created.Trailer("x-request-id"), testing::MatchesRegex("[0-9a-f]{32}"));
  EXPECT_THAT(client().Exchange(MinimalExchange("code-1"), settings), Succeeds());
}

}  // namespace
}  // namespace modelgates::gateway
