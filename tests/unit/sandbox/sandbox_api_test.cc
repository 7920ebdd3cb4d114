#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <utility>
#include <vector>

#include "sandbox/sandbox.h"
#include "sandbox/sandbox_crypto.h"
#include "sandbox_client.h"

namespace modelgates::sandbox {
namespace {

namespace http = boost::beast::http;
using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* kCreate = "/api/v1/auth/keys/code";
constexpr const char* kExchange = "/api/v1/auth/keys";
constexpr const char* kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const json kCreateBody{{"callback_url", "https://app.example/cb"},
                       {"code_challenge", S256Challenge(kVerifier)},
                       {"code_challenge_method", "S256"}};

class SandboxApi : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(sandbox_.Start().ok()); }

  static SandboxOptions Options(std::function<std::chrono::system_clock::time_point()> clock) {
    SandboxOptions options;
    options.clock = std::move(clock);
    options.api_key = "sk-right";
    return options;
  }

  SandboxClient::Received Create(const json& body, const std::string& bearer = "Bearer sk-right") {
    return client().Call({.target = kCreate,
                          .body = body.dump(),
                          .headers = {{"content-type", "application/json; charset=utf-8"},
                                      {"authorization", bearer}}});
  }

  std::string AuthCode() { return Create(kCreateBody).json()["data"]["id"]; }

  SandboxClient::Received Exchange(const std::string& auth_code,
                                   const std::string& verifier = kVerifier) {
    return client().Post(kExchange, {{"code", auth_code}, {"code_verifier", verifier}});
  }

  SandboxClient& client() {
    if (!client_) client_.emplace(sandbox_.port());
    return *client_;
  }

  // Written by the test while the sandbox waits for its next request, hence atomic.
  std::atomic<std::int64_t> seconds_{1'800'000'000};
  Sandbox sandbox_{
      Options([this] { return std::chrono::system_clock::time_point(seconds_.load() * 1s); })};
  std::optional<SandboxClient> client_;
};

TEST_F(SandboxApi, ExchangesACreatedCodeForAKey) {
  const auto created = Create(kCreateBody);
  ASSERT_EQ(created.response->result_int(), 200u);
  const json data = created.json()["data"];
  EXPECT_EQ(data["created_at"], "2027-01-15T08:00:00.000Z");
  EXPECT_TRUE(data["app_id"].is_number_integer());

  const auto exchanged = Exchange(data["id"]);
  ASSERT_EQ(exchanged.response->result_int(), 200u);
  EXPECT_TRUE(exchanged.json()["key"].get<std::string>().starts_with("sk-mg-v1-"));
  EXPECT_TRUE(exchanged.json()["user_id"].get<std::string>().starts_with("user_"));
  EXPECT_EQ(sandbox_.Counts().codes_spent, 1u);
  EXPECT_EQ(sandbox_.Counts().connections_accepted, 1u) << "keep-alive";
}

TEST_F(SandboxApi, TellsNoRefusalFromAnother) {
  const std::string spent = AuthCode();
  ASSERT_EQ(Exchange(spent).response->result_int(), 200u);
  const std::string expired = AuthCode();
  seconds_ += 600;
  const std::string fresh = AuthCode();
  const std::string wrong(43, 'x');
  const json same{{"error", {{"code", 403}, {"message", "Invalid code or code_verifier"}}},
                  {"user_id", nullptr}};
  for (const auto& [auth_code, verifier] : std::vector<std::pair<std::string, std::string>>{
           {spent, kVerifier}, {expired, kVerifier}, {"unknown", kVerifier}, {fresh, wrong}}) {
    const auto refused = Exchange(auth_code, verifier);
    EXPECT_EQ(refused.response->result_int(), 403u);
    EXPECT_EQ(refused.json(), same);
  }
  EXPECT_EQ(Exchange(fresh).response->result_int(), 200u) << "a wrong verifier spends nothing";
  EXPECT_EQ(sandbox_.Counts().double_uses, 1u);
  EXPECT_EQ(sandbox_.Counts().keys_revoked, 1u);
}

TEST_F(SandboxApi, DoesNotSpendACodeOnAMalformedVerifier) {
  const std::string auth_code = AuthCode();
  const auto refused = Exchange(auth_code, "short");
  EXPECT_EQ(refused.response->result_int(), 400u);
  EXPECT_EQ(refused.json()["error"]["metadata"]["field"], "code_verifier");
  EXPECT_EQ(Exchange(auth_code).response->result_int(), 200u);
}

TEST_F(SandboxApi, GivesAnAppItsNumber) {
  const auto app_id = [&](const char* callback, std::map<std::string, std::string> headers) {
    headers.insert({{"content-type", "application/json"}, {"authorization", "bearer sk-right"}});
    const json body{{"callback_url", callback}};
    const auto created =
        client().Call({.target = kCreate, .body = body.dump(), .headers = std::move(headers)});
    return created.json()["data"]["app_id"];
  };
  const json by_origin = app_id("https://a.example/1", {});
  EXPECT_EQ(app_id("https://a.example/2", {}), by_origin);
  EXPECT_NE(app_id("https://b.example/", {}), by_origin);
  const json by_referer = app_id("https://a.example/", {{"HTTP-Referer", "https://r.example"}});
  EXPECT_NE(by_referer, by_origin);
  EXPECT_EQ(app_id("https://b.example/", {{"HTTP-Referer", "https://r.example"}}), by_referer);
}

TEST_F(SandboxApi, WantsTheKeyForCreateOnly) {
  for (const char* bearer : {"Bearer sk-wrong", "Bearer ", "sk-right", "Basic sk-right"}) {
    const auto refused = Create(kCreateBody, bearer);
    EXPECT_EQ(refused.response->result_int(), 401u) << bearer;
    EXPECT_EQ((*refused.response)["www-authenticate"], "Bearer");
  }
  EXPECT_EQ(client().Post(kCreate, kCreateBody).response->result_int(), 401u);
  EXPECT_EQ(client().Post(kExchange, {{"code", "x"}}).response->result_int(), 403u);
}

TEST_F(SandboxApi, NamesTheWrongField) {
  const auto refused = Create({{"callback_url", "http://app.example"}});
  EXPECT_EQ(refused.response->result_int(), 400u);
  const json error = refused.json()["error"];
  EXPECT_EQ(error["code"], 400);
  EXPECT_EQ(error["metadata"]["field"], "callback_url");
  EXPECT_TRUE(error["message"].get<std::string>().starts_with("callback_url must be"));
}

}  // namespace
}  // namespace modelgates::sandbox
