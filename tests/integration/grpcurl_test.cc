#include <gmock/gmock.h>

#include <optional>

#include "integration/call_messages.h"
#include "sandbox/sandbox.h"
#include "sandbox/sandbox_crypto.h"
#include "support/gateway_process.h"
#include "support/subprocess.h"

namespace modelgates::gateway {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kService[] = "modelgates.oauth.v1.OAuthService";

// The real gateway before a real ModelGates' rules, called with grpcurl, which has no proto files:
// all it knows comes from reflection.
class Grpcurl : public testing::Test {
 protected:
  void SetUp() override {
    grpcurl_ = FindTool("grpcurl");
    ASSERT_NE(grpcurl_, "") << "grpcurl is neither on PATH nor in build/tools/bin: run "
                               "scripts/setup test";
    ASSERT_TRUE(sandbox_.Start().ok());
    gateway_.emplace(std::vector<std::string>{"--upstream=" + sandbox_.base_url()});
    ASSERT_TRUE(gateway_->WaitUntilListening()) << gateway_->err();
  }

  struct Run {
    int exit_status = -1;
    std::string out;
    std::string err;
  };

  // grpcurl's options first, then what follows the address.
  Run Call(const std::vector<std::string>& options, const std::vector<std::string>& what,
           const std::string& message = "") {
    std::vector<std::string> args = {grpcurl_, "-plaintext", "-max-time", "60"};
    args.insert(args.end(), options.begin(), options.end());
    args.push_back(gateway_->grpc_address());
    args.insert(args.end(), what.begin(), what.end());
    Subprocess process(args, {}, message);
    Run run;
    run.exit_status = process.WaitForExit().value_or(-1);
    run.out = process.out();
    run.err = process.err();
    return run;
  }

  Run CallMethod(const std::string& method, const json& message,
                 const std::vector<std::string>& options = {}) {
    std::vector<std::string> all = {"-format-error", "-d", "@"};
    all.insert(all.end(), options.begin(), options.end());
    return Call(all, {method}, message.dump());
  }

  // The error that grpcurl printed, each detail by its type.
  static json ErrorIn(const Run& run) {
    const std::string text = run.out + run.err;
    const json error =
        json::parse(text.substr(std::min(text.find('{'), text.size())), nullptr, false);
    EXPECT_TRUE(error.is_object()) << text;
    return error;
  }

  static json Detail(const json& error, const std::string& type) {
    for (const json& detail : error.value("details", json::array())) {
      if (detail.value("@type", "") == "type.googleapis.com/" + type) return detail;
    }
    return {};
  }

  // A member by its JSON name; versions of grpcurl print that or the name in the proto.
  static json Member(const json& object, const std::string& name) {
    if (object.contains(name)) return object[name];
    std::string in_proto;
    for (const char c : name) {
      if (std::isupper(static_cast<unsigned char>(c))) in_proto += '_';
      in_proto += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return object.value(in_proto, json());
  }

  sandbox::Sandbox sandbox_{sandbox::SandboxOptions{}};
  std::string grpcurl_;
  std::optional<GatewayProcess> gateway_;
};

TEST_F(Grpcurl, ListsTheServices) {
  const Run run = Call({}, {"list"});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr(kService), HasSubstr("grpc.health.v1.Health"),
                             HasSubstr("grpc.reflection.v1alpha.ServerReflection")));
  const Run methods = Call({}, {"list", kService});
  EXPECT_THAT(methods.out, AllOf(HasSubstr("CreateAuthCode"), HasSubstr("ExchangeAuthCode")));
}

// Ours, and every type that an error can hold.
TEST_F(Grpcurl, DescribesEveryMessage) {
  for (const char* symbol :
       {kService, "modelgates.oauth.v1.CreateAuthCodeRequest",
        "modelgates.oauth.v1.CreateAuthCodeResponse", "modelgates.oauth.v1.ExchangeAuthCodeRequest",
        "modelgates.oauth.v1.ExchangeAuthCodeResponse", "modelgates.oauth.v1.RetryConfig",
        "modelgates.oauth.v1.UpstreamError", "modelgates.oauth.v1.ErrorReason", "google.rpc.Status",
        "google.rpc.ErrorInfo", "google.rpc.BadRequest", "google.rpc.PreconditionFailure",
        "google.rpc.QuotaFailure", "google.rpc.RetryInfo", "google.rpc.RequestInfo",
        "google.rpc.Help", "google.rpc.LocalizedMessage"}) {
    const Run run = Call({}, {"describe", symbol});
    EXPECT_EQ(run.exit_status, 0) << symbol << run.err;
    EXPECT_THAT(run.out, HasSubstr(symbol));
  }
}

TEST_F(Grpcurl, ChecksHealth) {
  for (const char* service : {"", kService}) {
    const Run run = CallMethod("grpc.health.v1.Health/Check", {{"service", service}});
    EXPECT_EQ(run.exit_status, 0) << run.err;
    EXPECT_EQ(json::parse(run.out)["status"], "SERVING");
  }
  const Run unknown = CallMethod("grpc.health.v1.Health/Check", {{"service", "another"}});
  EXPECT_EQ(unknown.exit_status, 64 + 5);
}

TEST_F(Grpcurl, RunsTheWholeFlow) {
  const Run created = CallMethod(std::string(kService) + "/CreateAuthCode",
                                 {{"callback_url", kCallbackUrl},
                                  {"code_challenge", sandbox::S256Challenge(kVerifier)},
                                  {"code_challenge_method", "S256"},
                                  {"key_label", "grpcurl"},
                                  {"limit", 5},
                                  {"usage_limit_type", "WEEKLY"},
                                  {"expires_at", "2099-12-31T23:59:59Z"}});
  ASSERT_EQ(created.exit_status, 0) << created.out << created.err;
  const json data = json::parse(created.out)["data"];
  EXPECT_TRUE(Member(data, "createdAt").is_string()) << data;

  const json exchange = {
      {"code", data["id"]}, {"code_verifier", kVerifier}, {"code_challenge_method", "S256"}};
  const Run exchanged = CallMethod(std::string(kService) + "/ExchangeAuthCode", exchange);
  ASSERT_EQ(exchanged.exit_status, 0) << exchanged.out << exchanged.err;
  EXPECT_FALSE(json::parse(exchanged.out).value("key", "").empty());
  EXPECT_EQ(sandbox_.Counts().keys_issued, 1u);
}

// An error of the upstream: its details are readable, each with its type and none as base64.
TEST_F(Grpcurl, ShowsTheDetailsOfAnError) {
  const Run run = CallMethod(std::string(kService) + "/ExchangeAuthCode",
                             {{"code", "no-such-code"}, {"code_verifier", kVerifier}});
  EXPECT_EQ(run.exit_status, 64 + 7);
  EXPECT_THAT(run.out + run.err, Not(HasSubstr("@value")));
  EXPECT_THAT(run.out + run.err, Not(HasSubstr("@error")));
  const json error = ErrorIn(run);
  const json info = Detail(error, "google.rpc.ErrorInfo");
  EXPECT_EQ(info.value("reason", ""), "FORBIDDEN");
  EXPECT_EQ(info.value("domain", ""), "modelgates.ai");
  EXPECT_EQ(info["metadata"].value("authCodeState", ""), "REJECTED");
  const json upstream = Detail(error, "modelgates.oauth.v1.UpstreamError");
  EXPECT_EQ(Member(upstream, "httpStatus"), 403);
  EXPECT_EQ(Member(upstream, "authCodeState"), "REJECTED");
  EXPECT_TRUE(Member(Detail(error, "google.rpc.RequestInfo"), "requestId").is_string());
  EXPECT_FALSE(Detail(error, "google.rpc.LocalizedMessage").value("message", "").empty());
}

TEST_F(Grpcurl, ShowsTheDetailsOfOurOwnErrors) {
  const Run run = CallMethod(std::string(kService) + "/CreateAuthCode",
                             {{"callback_url", "http://app.example.com"}, {"limit", "NaN"}});
  EXPECT_EQ(run.exit_status, 64 + 3);
  EXPECT_THAT(run.out + run.err, Not(HasSubstr("@value")));
  const json error = ErrorIn(run);
  EXPECT_EQ(Member(Detail(error, "google.rpc.BadRequest"), "fieldViolations").size(), 2u);
  EXPECT_FALSE(Detail(error, "google.rpc.ErrorInfo").is_null());
}

// The same error as people see it first, without -format-error.
TEST_F(Grpcurl, ShowsTheDetailsAsText) {
  const Run run =
      Call({"-d", R"({"code":"no-such-code"})"}, {std::string(kService) + "/ExchangeAuthCode"});
  EXPECT_EQ(run.exit_status, 64 + 7);
  EXPECT_THAT(run.err, AllOf(HasSubstr("PermissionDenied"), HasSubstr("\"reason\": \"FORBIDDEN\""),
                             HasSubstr("type.googleapis.com/modelgates.oauth.v1.UpstreamError"),
                             Not(HasSubstr("@value"))));
}

// Details that only some errors have can be shown, too.
TEST_F(Grpcurl, ShowsRareDetails) {
  struct Rare {
    unsigned http_status;
    const char* type;
  };
  for (const Rare& rare :
       {Rare{402, "google.rpc.PreconditionFailure"}, Rare{429, "google.rpc.QuotaFailure"},
        Rare{429, "google.rpc.RetryInfo"}, Rare{405, "google.rpc.Help"}}) {
    sandbox_.faults().Add({{.path = "/auth/keys/code",
                            .action = sandbox::FaultAction::kStatus,
                            .http_status = rare.http_status,
                            .headers = {{"Retry-After", "60"}}}});
    const Run run =
        CallMethod(std::string(kService) + "/CreateAuthCode", {{"callback_url", kCallbackUrl}});
    EXPECT_THAT(run.out + run.err, Not(HasSubstr("@value")));
    EXPECT_FALSE(Detail(ErrorIn(run), rare.type).is_null()) << rare.type << run.out << run.err;
  }
}

TEST_F(Grpcurl, SendsMetadataAndReceivesTrailers) {
  const Run run =
      CallMethod(std::string(kService) + "/CreateAuthCode", {{"callback_url", kCallbackUrl}},
                 {"-v", "-H", "x-request-id: from-grpcurl"});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("x-request-id: from-grpcurl"));
}

TEST_F(Grpcurl, NeedsReflection) {
  gateway_.emplace(std::vector<std::string>{"--upstream=" + sandbox_.base_url(), "--noreflection"});
  ASSERT_TRUE(gateway_->WaitUntilListening());
  const Run run = Call({}, {"list"});
  EXPECT_NE(run.exit_status, 0);
  EXPECT_THAT(run.err, HasSubstr("reflection"));
}

}  // namespace
}  // namespace modelgates::gateway
