#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "sandbox/sandbox.h"
#include "sandbox/sandbox_crypto.h"
#include "sandbox_client.h"

namespace modelgates::sandbox {
namespace {

using nlohmann::json;

constexpr const char* kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

// The lines of a sandbox that has stopped.
class SandboxLogTest : public testing::Test {
 protected:
  SandboxLogTest() {
    SandboxOptions options;
    options.api_key = "sk-bearer-secret";
    options.logger = std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(stream_));
    options.logger->set_pattern("%v");
    sandbox_ = std::make_unique<Sandbox>(options);
  }

  std::vector<json> Lines() {
    sandbox_->Stop();
    std::vector<json> lines;
    std::istringstream text(stream_.str());
    for (std::string line; std::getline(text, line);) {
      lines.push_back(json::parse(line, nullptr, false));
      EXPECT_TRUE(lines.back().is_object()) << line;
    }
    return lines;
  }

  std::ostringstream stream_;
  std::unique_ptr<Sandbox> sandbox_;
};

// Given requests that carry every kind of secret, in every place they fit, when they were answered,
// refused or struck by a fault, then no secret is in the log, and the request ids, which must be,
// are.
TEST_F(SandboxLogTest, HoldsNoSecret) {
  ASSERT_TRUE(sandbox_->Start().ok());
  SandboxClient client(sandbox_->port());
  const std::string challenge = S256Challenge(kVerifier);
  const std::map<std::string, std::string> headers{{"content-type", "application/json"},
                                                   {"authorization", "Bearer sk-bearer-secret"},
                                                   {"x-request-id", "canary-id"}};
  const json create{{"callback_url", "https://callback-secret.example"},
                    {"code_challenge", challenge},
                    {"code_challenge_method", "S256"},
                    {"key_label", "label-secret"}};
  const auto created =
      client.Call({.target = "/api/v1/auth/keys/code", .body = create.dump(), .headers = headers});
  const std::string auth_code = created.json()["data"]["id"];

  const json exchange{{"code", auth_code}, {"code_verifier", kVerifier}};
  sandbox_->faults().Add({{.path = "/auth/keys", .auth_code = auth_code}});
  client.Post("/api/v1/auth/keys", exchange);
  const std::string key = client.Post("/api/v1/auth/keys", exchange).json()["key"];
  client.Post("/api/v1/auth/keys", {{"code", auth_code}, {"code_verifier", std::string(43, 'q')}});
  client.Post("/api/v1/auth/keys", {{"code", auth_code}, {"code_verifier", 7}});
  client.Post("/api/v1/auth/keys/" + auth_code, exchange);
  client.Post("/api/v1/auth/keys?code=" + auth_code, exchange);
  client.SendRaw(auth_code + " /" + auth_code + " HTTP/1.1\r\n\r\n");
  client.Receive();

  const std::vector<json> lines = Lines();
  const std::string log = stream_.str();
  EXPECT_NE(log.find("canary-id"), std::string::npos) << "the capture sees the lines";
  EXPECT_NE(log.find("\"fault\""), std::string::npos);
  EXPECT_GE(lines.size(), 10u);
  ASSERT_GT(key.size(), 20u);
  for (const std::string& secret : {auth_code.substr(10, 8), std::string(kVerifier).substr(0, 8),
                                    key.substr(9, 8), challenge.substr(0, 8), std::string("secret"),
                                    std::string("qqqq"), std::string("Bearer")}) {
    EXPECT_EQ(log.find(secret), std::string::npos) << secret;
  }
}

TEST_F(SandboxLogTest, HasOneLinePerRequestAndForItsLife) {
  ASSERT_TRUE(sandbox_->Start().ok());
  SandboxClient client(sandbox_->port());
  client.Post("/api/v1/auth/keys", {{"code", "one"}});
  client.Post("/api/v1/auth/keys", {{"code", "one"}});
  client.Post("/api/v1/auth/keys", {{"code", "two"}});

  const std::vector<json> lines = Lines();
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[0]["event"], "listening");
  EXPECT_EQ(lines[0]["address"], sandbox_->address());
  EXPECT_EQ(lines[4]["event"], "stopped");
  for (int i = 1; i <= 3; ++i) {
    const json& line = lines[static_cast<std::size_t>(i)];
    EXPECT_EQ(line["event"], "request");
    EXPECT_EQ(line["severity"], "INFO");
    EXPECT_EQ(line["method"], "POST");
    EXPECT_EQ(line["path"], "/auth/keys");
    EXPECT_EQ(line["http_status"], 403);
    EXPECT_TRUE(line["duration_ms"].is_number());
    EXPECT_TRUE(line["request_id"].is_string());
    EXPECT_EQ(line["timestamp"].get<std::string>().size(), 27u);
    EXPECT_EQ(line["auth_code_fp"].get<std::string>().size(), 12u);
  }
  EXPECT_EQ(lines[1]["auth_code_fp"], lines[2]["auth_code_fp"]);
  EXPECT_NE(lines[1]["auth_code_fp"], lines[3]["auth_code_fp"]);
}

}  // namespace
}  // namespace modelgates::sandbox
