#include <gtest/gtest.h>

#include <memory>

#include "sandbox/sandbox.h"
#include "sandbox_client.h"

namespace modelgates::sandbox {
namespace {

namespace http = boost::beast::http;
using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* kCreate = "/api/v1/auth/keys/code";
constexpr const char* kExchange = "/api/v1/auth/keys";

class SandboxFaults : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(sandbox_.Start().ok());
    client_ = std::make_unique<SandboxClient>(sandbox_.port());
    auth_code_ = NewAuthCode();
  }

  std::string NewAuthCode() {
    return Fresh().Post(kCreate, {{"callback_url", "https://a.b"}}).json()["data"]["id"];
  }

  void Script(const json& faults) {
    ASSERT_EQ(Fresh().Post("/control/faults", faults).response->result_int(), 200u);
  }

  SandboxClient::Received Exchange() { return client_->Post(kExchange, {{"code", auth_code_}}); }

  SandboxClient Fresh() { return SandboxClient(sandbox_.port()); }

  bool IsSpent() const { return sandbox_.Counts().codes_spent == 1; }

  Sandbox sandbox_{SandboxOptions{}};
  std::unique_ptr<SandboxClient> client_;
  std::string auth_code_;
};

TEST_F(SandboxFaults, StatusTakesThePlaceOfTheAnswer) {
  Script({{"action", "status"}, {"headers", {{"Retry-After", "1"}}}});
  const auto received = Exchange();
  EXPECT_EQ(received.response->result_int(), 503u);
  EXPECT_EQ((*received.response)["retry-after"], "1");
  EXPECT_EQ(received.json()["error"]["code"], 503);
  EXPECT_FALSE(IsSpent());
  EXPECT_EQ(Exchange().response->result_int(), 200u) << "one fault is for one request";
}

TEST_F(SandboxFaults, StatusAfterWorkHasSpentTheCode) {
  Script({{"action", "status"},
          {"status", 500},
          {"after_work", true},
          {"body", "<h1>"},
          {"content_type", "text/html"}});
  const auto received = Exchange();
  EXPECT_EQ(received.response->result_int(), 500u);
  EXPECT_EQ(received.response->body(), "<h1>");
  EXPECT_EQ((*received.response)["content-type"], "text/html");
  EXPECT_TRUE(IsSpent());
}

TEST_F(SandboxFaults, StatusWithoutBodyHasNone) {
  Script({{"action", "status"}, {"status", 204}});
  EXPECT_EQ(Exchange().response->body(), "");
  EXPECT_EQ(Exchange().response->result_int(), 200u);
}

TEST_F(SandboxFaults, DelayHoldsTheTrueAnswer) {
  Script({{"action", "delay"}, {"delay_ms", 30}});
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(Exchange().response->result_int(), 200u);
  EXPECT_GE(std::chrono::steady_clock::now() - started, 30ms);
}

TEST_F(SandboxFaults, DelayAfterWorkHoldsTheTrueAnswer) {
  Script({{"action", "delay"}, {"delay_ms", 600'000}, {"after_work", true}});
  client_->Send({.target = kExchange, .body = json{{"code", auth_code_}}.dump()});
  while (!IsSpent()) Fresh().Get("/healthz");
  EXPECT_EQ(client_->BytesWaiting(), 0u);
}

TEST_F(SandboxFaults, DelayComesBeforeAnyAction) {
  Script({{"action", "close"}, {"delay_ms", 30}});
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(Exchange().error, http::error::end_of_stream);
  EXPECT_GE(std::chrono::steady_clock::now() - started, 30ms);
}

TEST_F(SandboxFaults, ResetIsAReset) {
  Script({{"action", "reset"}});
  EXPECT_EQ(Exchange().error, boost::asio::error::connection_reset);
  EXPECT_FALSE(IsSpent());
}

TEST_F(SandboxFaults, ResetAfterWorkHasSpentTheCode) {
  Script({{"action", "reset"}, {"after_work", true}});
  EXPECT_EQ(Exchange().error, boost::asio::error::connection_reset);
  EXPECT_TRUE(IsSpent());
}

TEST_F(SandboxFaults, CloseIsAnOrderlyEnd) {
  Script({{"action", "close"}});
  client_->Send({.target = kExchange, .body = json{{"code", auth_code_}}.dump()});
  boost::system::error_code error;
  EXPECT_EQ(client_->ReceiveRaw(error), "");
  EXPECT_EQ(error, boost::asio::error::eof);
}

TEST_F(SandboxFaults, TruncateSendsHalfTheBody) {
  Script({{"action", "truncate"}, {"after_work", true}});
  client_->Send({.target = kExchange, .body = json{{"code", auth_code_}}.dump()});
  boost::system::error_code error;
  const std::string bytes = client_->ReceiveRaw(error);
  const std::size_t head = bytes.find("\r\n\r\n") + 4;
  const std::size_t length = std::stoul(bytes.substr(bytes.find("Content-Length: ") + 16));
  EXPECT_TRUE(bytes.starts_with("HTTP/1.1 200 OK"));
  EXPECT_EQ(bytes.size() - head, length / 2);
  EXPECT_TRUE(IsSpent());
}

TEST_F(SandboxFaults, TruncateWorksWithoutWorkToo) {
  Script({{"action", "truncate"}, {"status", 502}});
  const auto received = Exchange();
  EXPECT_EQ(received.error, http::error::partial_message);
  EXPECT_EQ(received.response->result_int(), 502u);
  EXPECT_FALSE(IsSpent());
}

TEST_F(SandboxFaults, OversizeIsMoreThan300KiB) {
  Script({{"action", "oversize"}, {"after_work", true}});
  const auto received = Exchange();
  EXPECT_GT(received.response->body().size(), 300u * 1024);
  EXPECT_TRUE(received.json().contains("key"));
}

TEST_F(SandboxFaults, GarbageIsNotHttp) {
  Script({{"action", "garbage"}});
  client_->Send({.target = kExchange, .body = json{{"code", auth_code_}}.dump()});
  boost::system::error_code error;
  const std::string bytes = client_->ReceiveRaw(error);
  EXPECT_FALSE(bytes.empty());
  EXPECT_FALSE(bytes.starts_with("HTTP/"));
  EXPECT_EQ(error, boost::asio::error::eof);
}

// Given a request that hangs, when others are answered and the sandbox stops, then it has had no
// byte.
TEST_F(SandboxFaults, HangNeverAnswers) {
  Script({{"action", "hang"}, {"match", {{"code", auth_code_}}}});
  client_->Send({.target = kExchange, .body = json{{"code", auth_code_}}.dump()});
  while (sandbox_.Counts().faults_struck == 0) Fresh().Get("/healthz");
  EXPECT_EQ(client_->BytesWaiting(), 0u);
  sandbox_.Stop();
  boost::system::error_code error;
  EXPECT_EQ(client_->ReceiveRaw(error), "");
}

TEST_F(SandboxFaults, HangEndsWhenTheCallerLeaves) {
  Script({{"action", "hang"}});
  client_->Send({.target = kExchange, .body = json{{"code", auth_code_}}.dump()});
  while (sandbox_.Counts().faults_struck == 0) Fresh().Get("/healthz");
  client_.reset();
  SandboxClient other = Fresh();
  while (other.Get("/control/stats").json()["connections"]["open"] != 1) {
  }
}

TEST_F(SandboxFaults, StrikeTheCodeTheyAreFor) {
  const std::string other = NewAuthCode();
  Script({{"match", {{"path", "/auth/keys"}, {"code", auth_code_}}}, {"action", "status"}});
  EXPECT_EQ(client_->Post(kExchange, {{"code", other}}).response->result_int(), 200u);
  EXPECT_EQ(Exchange().response->result_int(), 503u);
}

TEST_F(SandboxFaults, StayOffTheControlSide) {
  Script({{"action", "status"}, {"count", 0}});
  EXPECT_EQ(client_->Get("/healthz").response->result_int(), 200u);
  EXPECT_EQ(client_->Get("/control/stats").json()["faults"], json({{"struck", 0}, {"pending", 1}}));
  EXPECT_EQ(Exchange().response->result_int(), 503u);
  EXPECT_EQ(Exchange().response->result_int(), 503u);
  const auto cleared = client_->Call({.method = http::verb::delete_, .target = "/control/faults"});
  EXPECT_EQ(cleared.json(), json({{"pending", 0}}));
  EXPECT_EQ(Exchange().response->result_int(), 200u);
}

TEST_F(SandboxFaults, AreRefusedAsAWhole) {
  const auto refused = client_->Post("/control/faults", {{{"action", "hang"}}, {{"count", 1}}});
  EXPECT_EQ(refused.response->result_int(), 400u);
  EXPECT_EQ(refused.json()["error"]["metadata"]["field"], "[1].action");
  EXPECT_EQ(sandbox_.faults().pending(), 0u);
}

}  // namespace
}  // namespace modelgates::sandbox
