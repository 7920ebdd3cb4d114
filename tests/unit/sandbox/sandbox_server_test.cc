#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "sandbox/sandbox.h"
#include "sandbox_client.h"

namespace modelgates::sandbox {
namespace {

namespace http = boost::beast::http;
using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* kCreate = "/api/v1/auth/keys/code";
const json kCreateBody{{"callback_url", "https://app.example/cb"}};
const std::string kMebibyte(1024 * 1024, 'x');

class SandboxServer : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(sandbox_.Start().ok()); }

  Sandbox sandbox_{SandboxOptions{}};
};

struct RefusalCase {
  const char* name;
  SandboxClient::Message message;
  unsigned http_status;
};

class SandboxRefusal : public SandboxServer, public testing::WithParamInterface<RefusalCase> {};

TEST_P(SandboxRefusal, IsJsonWithARequestId) {
  SandboxClient client(sandbox_.port());
  const auto refused = client.Call(GetParam().message);
  ASSERT_FALSE(refused.error) << refused.error.message();
  EXPECT_EQ(refused.response->result_int(), GetParam().http_status);
  EXPECT_EQ((*refused.response)["content-type"], "application/json");
  EXPECT_EQ(refused.json()["error"]["code"], GetParam().http_status);
  EXPECT_FALSE((*refused.response)["x-request-id"].empty());
  EXPECT_FALSE((*refused.response)["date"].empty());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SandboxRefusal,
    testing::Values(
        RefusalCase{"UnknownPath", {.target = "/api/v1/nothing"}, 404},
        RefusalCase{"OtherMethod", {.method = http::verb::get, .target = kCreate}, 405},
        RefusalCase{"NoContentType", {.target = kCreate, .body = "{}", .headers = {}}, 415},
        RefusalCase{
            "OtherContentType",
            {.target = kCreate, .body = "{}", .headers = {{"content-type", "application/json5"}}},
            415},
        RefusalCase{"NotJson", {.target = kCreate, .body = "{"}, 400},
        RefusalCase{"Empty", {.target = kCreate}, 400},
        RefusalCase{"LargestBody", {.target = kCreate, .body = kMebibyte}, 400},
        RefusalCase{"TooLargeBody", {.target = kCreate, .body = kMebibyte + "x"}, 413},
        RefusalCase{
            "TooLargeHeader",
            {.target = kCreate,
             .headers = {{"x-a", std::string(40'000, 'x')}, {"x-b", std::string(40'000, 'x')}}},
            431}),
    [](const auto& row) { return row.param.name; });

TEST_F(SandboxServer, AnswersWhatIsNotHttpWith400) {
  SandboxClient client(sandbox_.port());
  client.SendRaw("HELO sandbox\r\n\r\n");
  EXPECT_EQ(client.Receive().response->result_int(), 400u);
}

TEST_F(SandboxServer, RefusesAHeaderThatBeastCannotHold) {
  SandboxClient client(sandbox_.port());
  client.SendRaw("GET /healthz HTTP/1.1\r\nx-long: " + std::string(70'000, 'x') + "\r\n\r\n");
  EXPECT_EQ(client.Receive().response->result_int(), 431u);
}

TEST_F(SandboxServer, KeepsASaneRequestIdAndReplacesAnother) {
  SandboxClient client(sandbox_.port());
  const auto id_for = [&](const std::string& sent) {
    const auto received = client.Call(
        {.method = http::verb::get, .target = "/healthz", .headers = {{"x-request-id", sent}}});
    return std::string((*received.response)["x-request-id"]);
  };
  EXPECT_EQ(id_for("call-7.a:b_C"), "call-7.a:b_C");
  for (const std::string& sent : {std::string("a b"), std::string("\"x"), std::string(129, 'x')}) {
    EXPECT_NE(id_for(sent), sent);
    EXPECT_FALSE(id_for(sent).empty());
  }
}

TEST_F(SandboxServer, ContinuesWhoeverWaitsToSend) {
  SandboxClient client(sandbox_.port());
  client.SendRaw(
      "POST /api/v1/auth/keys/code HTTP/1.1\r\nHost: s\r\nContent-Type: application/json\r\n"
      "Expect: 100-continue\r\nContent-Length: 30\r\n\r\n");
  EXPECT_EQ(client.Receive().response->result_int(), 100u);
  client.SendRaw(R"({"callback_url":"https://a.b"} )");
  EXPECT_EQ(client.Receive().response->result_int(), 200u);
}

TEST_F(SandboxServer, ReadsChunksAndAWholeUrlAndSeveralRequestsAtOnce) {
  SandboxClient client(sandbox_.port());
  client.SendRaw(
      "POST http://s/api/v1/auth/keys/code?x=1 HTTP/1.1\r\nHost: s\r\n"
      "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\n{\"cal\r\n19\r\nlback_url\":\"https://a.b\"}\r\n0\r\n\r\n"
      "GET /healthz HTTP/1.1\r\nHost: s\r\n\r\n");
  EXPECT_EQ(client.Receive().response->result_int(), 200u);
  EXPECT_EQ(client.Receive().json(), json({{"status", "ok"}}));
}

TEST_F(SandboxServer, ClosesWhenAsked) {
  SandboxClient client(sandbox_.port());
  client.SendRaw("GET /healthz HTTP/1.0\r\n\r\n");
  boost::system::error_code error;
  EXPECT_TRUE(client.ReceiveRaw(error).starts_with("HTTP/1.0 200 OK\r\n"));
  EXPECT_EQ(error, boost::asio::error::eof);
}

TEST_F(SandboxServer, AnswersHeadWithoutABody) {
  SandboxClient client(sandbox_.port());
  client.SendRaw("HEAD /healthz HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\r\n");
  boost::system::error_code error;
  EXPECT_TRUE(client.ReceiveRaw(error).ends_with("Content-Length: 15\r\n\r\n"));
}

// Given 200 connections that are all open and have all asked, when the answers are read, then each
// has its own code.
TEST_F(SandboxServer, ServesTwoHundredConnectionsAtOnce) {
  std::vector<std::unique_ptr<SandboxClient>> clients;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(std::make_unique<SandboxClient>(sandbox_.port()));
  }
  for (const auto& client : clients) client->Send({.target = kCreate, .body = kCreateBody.dump()});
  for (const auto& client : clients) EXPECT_EQ(client->Receive().response->result_int(), 200u);
  EXPECT_EQ(sandbox_.Counts().connections_open, 200u);
  EXPECT_EQ(sandbox_.Counts().codes_created, 200u);
}

TEST_F(SandboxServer, CountsForTheControlSide) {
  SandboxClient client(sandbox_.port());
  client.Post(kCreate, kCreateBody);
  client.Get("/nothing/a");
  client.Get("/nothing/b");
  const json stats = client.Get("/control/stats").json();
  EXPECT_EQ(stats["requests"],
            json({{"/auth/keys/code", 1}, {"(other)", 2}, {"/control/stats", 1}}));
  EXPECT_EQ(stats["statuses"], json({{"200", 1}, {"404", 2}}));
  EXPECT_EQ(stats["codes"], json({{"created", 1}, {"spent", 0}}));
  EXPECT_EQ(stats["connections"], json({{"accepted", 1}, {"open", 1}}));
}

TEST_F(SandboxServer, RefusesAPortThatIsTaken) {
  SandboxOptions options;
  options.listen = sandbox_.address();
  const absl::Status status = Sandbox(options).Start();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(std::string(status.message()),
            "cannot listen on " + sandbox_.address() + ": Address already in use");
}

TEST_F(SandboxServer, CutsItsConnectionsWhenStopped) {
  SandboxClient idle(sandbox_.port());
  idle.Get("/healthz");
  sandbox_.Stop();
  EXPECT_TRUE(idle.Receive().error);
  EXPECT_EQ(sandbox_.Counts().connections_open, 0u);
  sandbox_.Stop();
}

TEST(SandboxOptionsTest, AreCheckedBeforeThePortOpens) {
  const auto code = [](auto change) {
    SandboxOptions options;
    change(options);
    return Sandbox(options).Start().code();
  };
  const auto wrong = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(code([](auto& options) { options.listen = "127.0.0.1"; }), wrong);
  EXPECT_EQ(code([](auto& options) { options.listen = "127.0.0.1:99999"; }), wrong);
  EXPECT_EQ(code([](auto& options) { options.listen = "example.com:80"; }), wrong);
  EXPECT_EQ(code([](auto& options) { options.base_path = "api"; }), wrong);
  EXPECT_EQ(code([](auto& options) { options.base_path = "/api/"; }), wrong);
  EXPECT_EQ(code([](auto& options) { options.code_ttl = 0ms; }), wrong);
  EXPECT_EQ(code([](auto& options) { options.latency = -1ms; }), wrong);
  EXPECT_EQ(code([](auto& options) { options.base_path = ""; }), absl::StatusCode::kOk);
}

TEST(SandboxOptionsTest, SwitchControlOffAndMoveTheBase) {
  SandboxOptions options;
  options.control = false;
  options.base_path = "/other";
  options.latency = 20ms;
  Sandbox sandbox(options);
  ASSERT_TRUE(sandbox.Start().ok());
  SandboxClient client(sandbox.port());
  EXPECT_EQ(client.Get("/control/stats").response->result_int(), 404u);
  EXPECT_EQ(client.Post("/control/faults", {{"action", "hang"}}).response->result_int(), 404u);
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(client.Post("/other/auth/keys/code", kCreateBody).response->result_int(), 200u);
  EXPECT_GE(std::chrono::steady_clock::now() - started, 20ms);
}

}  // namespace
}  // namespace modelgates::sandbox
