#include "message_mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace modelgates::oauth {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using namespace std::chrono_literals;

RetryConfig AllRetries() {
  RetryConfig retries;
  retries.strategy = RetryConfig::Strategy::kBackoff;
  retries.backoff = BackoffStrategy{500ms, 60s, 1.5, 1h, 1ns};
  retries.retry_connection_errors = false;
  retries.status_codes = {"429", "5XX"};
  retries.max_attempts = 3;
  return retries;
}

CreateAuthCodeRequest AllOfCreate() {
  CreateAuthCodeRequest request;
  request.callback_url = "https://app.example/cb";
  request.http_referer = "https://app.example";
  request.x_open_router_title = "App";
  request.x_open_router_categories = "cli-agent";
  request.code_challenge = "challenge";
  request.code_challenge_method = CodeChallengeMethod::kS256;
  request.expires_at = Time(1'830'297'599'250'000us);
  request.key_label = "label";
  request.limit = 0.1;
  request.usage_limit_type = UsageLimitType::kMonthly;
  request.retries = AllRetries();
  request.workspace_id = "workspace";
  return request;
}

ExchangeAuthCodeRequest AllOfExchange() {
  ExchangeAuthCodeRequest request;
  request.code = SecretText("code");
  request.http_referer = "https://app.example";
  request.x_open_router_title = "App";
  request.x_open_router_categories = "cli-agent";
  request.code_challenge_method = CodeChallengeMethod::kPlain;
  request.code_verifier = SecretText("verifier");
  request.retries = AllRetries();
  return request;
}

// The fields of a message that are not set, those of its messages included.
std::vector<std::string> Unset(const Message& message) {
  std::vector<std::string> unset;
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    const bool set = field.is_repeated() ? reflection.FieldSize(message, &field) > 0
                                         : reflection.HasField(message, &field);
    if (!set) unset.push_back(field.full_name());
    if (!set || field.is_repeated() || field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE ||
        field.message_type()->full_name().starts_with("google.protobuf.")) {
      continue;
    }
    for (std::string& inner : Unset(reflection.GetMessage(message, &field))) {
      unset.push_back(std::move(inner));
    }
  }
  return unset;
}

// A field that the proto gains has to be reachable from here.
TEST(MessageMapping, ReachesEveryFieldOfTheProto) {
  EXPECT_THAT(Unset(ToProto(AllOfCreate(), {})), testing::IsEmpty());
  EXPECT_THAT(Unset(ToProto(AllOfExchange(), {})), testing::IsEmpty());
}

TEST(MessageMapping, KeepsEveryValueOfACreate) {
  const v1::CreateAuthCodeRequest proto = ToProto(AllOfCreate(), {});
  EXPECT_EQ(proto.callback_url(), "https://app.example/cb");
  EXPECT_EQ(proto.http_referer(), "https://app.example");
  EXPECT_EQ(proto.x_open_router_title(), "App");
  EXPECT_EQ(proto.x_open_router_categories(), "cli-agent");
  EXPECT_EQ(proto.code_challenge(), "challenge");
  EXPECT_EQ(proto.code_challenge_method(), v1::S256);
  EXPECT_EQ(proto.expires_at().seconds(), 1'830'297'599);
  EXPECT_EQ(proto.expires_at().nanos(), 250'000'000);
  EXPECT_EQ(proto.key_label(), "label");
  EXPECT_EQ(proto.limit(), 0.1);
  EXPECT_EQ(proto.usage_limit_type(), v1::MONTHLY);
  EXPECT_EQ(proto.workspace_id(), "workspace");
  const v1::RetryConfig& retries = proto.retries();
  EXPECT_EQ(retries.strategy(), v1::RetryConfig::BACKOFF);
  EXPECT_EQ(retries.backoff().initial_interval().nanos(), 500'000'000);
  EXPECT_EQ(retries.backoff().max_interval().seconds(), 60);
  EXPECT_EQ(retries.backoff().exponent(), 1.5);
  EXPECT_EQ(retries.backoff().max_elapsed_time().seconds(), 3600);
  EXPECT_EQ(retries.backoff().jitter().nanos(), 1);
  EXPECT_TRUE(retries.has_retry_connection_errors());
  EXPECT_FALSE(retries.retry_connection_errors());
  EXPECT_THAT(retries.status_codes(), testing::ElementsAre("429", "5XX"));
  EXPECT_EQ(retries.max_attempts(), 3u);
}

TEST(MessageMapping, KeepsEveryValueOfAnExchange) {
  const v1::ExchangeAuthCodeRequest proto = ToProto(AllOfExchange(), {});
  EXPECT_EQ(proto.code(), "code");
  EXPECT_EQ(proto.code_verifier(), "verifier");
  EXPECT_EQ(proto.code_challenge_method(), v1::PLAIN);
  EXPECT_EQ(proto.retries().max_attempts(), 3u);
}

TEST(MessageMapping, SetsNothingThatIsAbsent) {
  CreateAuthCodeRequest create;
  create.callback_url = "x";
  v1::CreateAuthCodeRequest create_alone;
  create_alone.set_callback_url("x");
  EXPECT_EQ(ToProto(create, {}).SerializeAsString(), create_alone.SerializeAsString());
  ExchangeAuthCodeRequest exchange;
  exchange.code = SecretText("x");
  v1::ExchangeAuthCodeRequest exchange_alone;
  exchange_alone.set_code("x");
  EXPECT_EQ(ToProto(exchange, {}).SerializeAsString(), exchange_alone.SerializeAsString());
}

// Present and unspecified is JSON null, absent is no member.
TEST(MessageMapping, TellsNullFromAbsent) {
  ExchangeAuthCodeRequest request;
  EXPECT_FALSE(ToProto(request, {}).has_code_challenge_method());
  request.code_challenge_method = CodeChallengeMethod::kUnspecified;
  EXPECT_TRUE(ToProto(request, {}).has_code_challenge_method());
}

TEST(MessageMapping, FillsInTheAppOfTheClient) {
  const AppAttribution app{"https://app.example", "App", "cli-agent"};
  ExchangeAuthCodeRequest request;
  EXPECT_EQ(ToProto(request, app).http_referer(), "https://app.example");
  EXPECT_EQ(ToProto(request, app).x_open_router_title(), "App");
  EXPECT_EQ(ToProto(request, app).x_open_router_categories(), "cli-agent");
  // Empty is "no header", and stays so.
  request.x_open_router_title = "";
  EXPECT_TRUE(ToProto(request, app).has_x_open_router_title());
  EXPECT_EQ(ToProto(request, app).x_open_router_title(), "");
}

TEST(MessageMapping, SendsTimesBefore1970AndNegativeWaitsAsTheyAre) {
  CreateAuthCodeRequest request;
  request.expires_at = Time(-1us);
  request.retries.emplace().backoff.emplace().jitter = -1500ms;
  const v1::CreateAuthCodeRequest proto = ToProto(request, {});
  EXPECT_EQ(proto.expires_at().seconds(), -1);
  EXPECT_EQ(proto.expires_at().nanos(), 999'999'000);
  EXPECT_EQ(proto.retries().backoff().jitter().seconds(), -1);
  EXPECT_EQ(proto.retries().backoff().jitter().nanos(), -500'000'000);
}

TEST(MessageMapping, TakesTheReplyOfACreate) {
  v1::CreateAuthCodeResponse reply;
  reply.mutable_data()->set_id("code-1");
  reply.mutable_data()->set_app_id(-7);
  reply.mutable_data()->mutable_created_at()->set_seconds(253'402'300'799);
  reply.mutable_data()->mutable_created_at()->set_nanos(999'999'999);
  const AuthCode auth_code = FromProto(reply);
  EXPECT_EQ(auth_code.id.Reveal(), "code-1");
  EXPECT_EQ(auth_code.app_id, -7);
  EXPECT_EQ(auth_code.created_at, Time(253'402'300'799'999'999us));
  EXPECT_EQ(reply.data().id(), "");
}

TEST(MessageMapping, LeavesOutATimeThatNoTimestampMayHave) {
  v1::CreateAuthCodeResponse reply;
  for (const int64_t seconds : {INT64_MAX, INT64_MIN, int64_t{253'402'300'800}}) {
    reply.mutable_data()->mutable_created_at()->set_seconds(seconds);
    EXPECT_FALSE(FromProto(reply).created_at);
  }
  reply.mutable_data()->clear_created_at();
  EXPECT_FALSE(FromProto(reply).created_at);
}

TEST(MessageMapping, TakesTheReplyOfAnExchange) {
  v1::ExchangeAuthCodeResponse reply;
  reply.set_key("sk-1");
  EXPECT_EQ(FromProto(reply).user_id, std::nullopt);
  reply.set_key("sk-1");
  reply.set_user_id("");
  const ApiKey key = FromProto(reply);
  EXPECT_EQ(key.key.Reveal(), "sk-1");
  EXPECT_EQ(key.user_id, "");
  EXPECT_EQ(reply.key(), "");
}

TEST(MessageMapping, WipesTheSecretsOfARequest) {
  v1::ExchangeAuthCodeRequest proto = ToProto(AllOfExchange(), {});
  WipeSecrets(proto);
  EXPECT_EQ(proto.code(), "");
  EXPECT_EQ(proto.code_verifier(), "");
}

}  // namespace
}  // namespace modelgates::oauth
