#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <future>
#include <thread>

#include "integration/client_fixture.h"
#include "modelgates/oauth/grpc_channel.h"
#include "support/catalogue_error.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using oauth::ErrorReason;
using oauth::GrpcCode;
using oauth::OAuthClient;
using oauth::Result;

// Fails every call as it is told.
class FailingService final : public v1::OAuthService::Service {
 public:
  grpc::Status CreateAuthCode(grpc::ServerContext*, const v1::CreateAuthCodeRequest*,
                              v1::CreateAuthCodeResponse*) override {
    return status;
  }
  grpc::Status ExchangeAuthCode(grpc::ServerContext*, const v1::ExchangeAuthCodeRequest*,
                                v1::ExchangeAuthCodeResponse*) override {
    return status;
  }

  grpc::Status status{grpc::UNAVAILABLE, "as told"};
};

class ClientErrors : public testing::Test {
 protected:
  ClientErrors() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    target_ = "127.0.0.1:" + std::to_string(port);
    oauth::ClientOptions options;
    options.target = target_;
    options.health_checking = false;
    client_.emplace(options);
  }

  FailingService service_;
  std::string target_;
  std::unique_ptr<grpc::Server> server_;
  std::optional<OAuthClient> client_;
};

// The catalogue's row of every reason, over the wire.
TEST_F(ClientErrors, ArriveTypedForEveryReasonOfTheProto) {
  const auto& reasons = *v1::ErrorReason_descriptor();
  for (int i = 1; i < reasons.value_count(); ++i) {
    const auto number = static_cast<v1::ErrorReason>(reasons.value(i)->number());
    SCOPED_TRACE(reasons.value(i)->name());
    for (const ErrorSize size : {ErrorSize::kUsual, ErrorSize::kLargest}) {
      const CatalogueError sent = CatalogueErrorOf(number, size);
      service_.status = ToStatus(sent.reply);
      const bool by_exchange = sent.rpc == Rpc::kExchangeAuthCode;

      const oauth::Error error =
          by_exchange ? client_->ExchangeAuthCode({.code = oauth::SecretText("c")}).error()
                      : client_->CreateAuthCode({.callback_url = "x"}).error();
      EXPECT_EQ(static_cast<int>(error.reason), static_cast<int>(number));
      EXPECT_EQ(ToString(error.reason), reasons.value(i)->name());
      EXPECT_EQ(static_cast<int>(error.grpc_code), static_cast<int>(sent.code));
      EXPECT_EQ(error.message, service_.status.error_message());
      EXPECT_EQ(error.request_id, sent.request_id);
      EXPECT_EQ(static_cast<int>(error.auth_code_state), static_cast<int>(sent.auth_code_state));
    }
  }
}

// What the clients in other languages are shown (tests/examples) is as bad as it gets.
TEST(CatalogueErrors, OfTheLargestSizeFillTheBudget) {
  size_t largest = 0;
  const auto& reasons = *v1::ErrorReason_descriptor();
  for (int i = 1; i < reasons.value_count(); ++i) {
    const auto number = static_cast<v1::ErrorReason>(reasons.value(i)->number());
    const CatalogueError error = CatalogueErrorOf(number, ErrorSize::kLargest);
    largest = std::max(largest, error.reply.status.ByteSizeLong());
  }
  EXPECT_LE(largest, 4096u);
  EXPECT_GT(largest, 4096u - 16);
}

TEST_F(ClientErrors, OfServersThatAreNoGatewayHaveNoReason) {
  service_.status = grpc::Status(grpc::PERMISSION_DENIED, "RBAC: access denied");
  const Result<oauth::AuthCode> created = client_->CreateAuthCode({.callback_url = "x"});
  EXPECT_EQ(created.error().grpc_code, GrpcCode::kPermissionDenied);
  EXPECT_EQ(created.error().reason, ErrorReason::kUnspecified);
  EXPECT_EQ(created.error().message, "RBAC: access denied");
}

// Given the only client of a process, gone before its call ends, when the last reference to its
// channel goes in the callback, then gRPC goes on. (It ended the program in one of a few tries.)
TEST_F(ClientErrors, OfACallThatOutlivesItsClientCountToo) {
  const std::string target = target_;
  client_.reset();
  for (int i = 0; i < 100; ++i) {
    oauth::ClientOptions options;
    options.target = target;
    options.health_checking = false;
    std::promise<GrpcCode> ended;
    OAuthClient(options).CreateAuthCode(
        {.callback_url = "x"}, {},
        [&](const Result<oauth::AuthCode>& result) { ended.set_value(result.error().grpc_code); });
    EXPECT_EQ(ended.get_future().get(), GrpcCode::kUnavailable);
  }
}

// The gateway's own, not this test's.
class ClientOfGateway : public ClientTest {};

TEST_F(ClientOfGateway, WorksOnAChannelOfTheCallers) {
  const OAuthClient client = oauth::MakeClient(
      grpc::CreateChannel(server().grpc_address(), grpc::InsecureChannelCredentials()));
  EXPECT_TRUE(client.CreateAuthCode(CreateRequest()).ok());
}

TEST_F(ClientOfGateway, AsksForItsHealth) {
  const Result<oauth::ServingStatus> health = oauth().CheckHealth();
  ASSERT_TRUE(health.ok()) << health.error();
  EXPECT_EQ(*health, oauth::ServingStatus::kServing);
}

TEST_F(ClientOfGateway, LearnsThatItDrains) {
  config_.drain_delay = std::chrono::milliseconds(1'500);
  oauth::ClientOptions options = Options();
  options.health_checking = false;
  const OAuthClient client(options);
  ASSERT_TRUE(client.CheckHealth().ok());
  std::thread drain([this] { server().Drain(); });
  Result<oauth::ServingStatus> health = client.CheckHealth();
  while (health.ok() && *health == oauth::ServingStatus::kServing) health = client.CheckHealth();
  ASSERT_TRUE(health.ok()) << health.error();
  EXPECT_EQ(*health, oauth::ServingStatus::kNotServing);
  drain.join();
}

// A server without the service.
TEST_F(ClientErrors, OfHealthAreErrorsToo) {
  EXPECT_EQ(client_->CheckHealth().error().grpc_code, GrpcCode::kUnimplemented);
}

// Health says NOT_SERVING before the gateway refuses, so a call that waits finds nobody.
TEST_F(ClientOfGateway, LeavesAGatewayThatDrains) {
  config_.drain_delay = std::chrono::milliseconds(1'500);
  oauth::ClientOptions options = Options();
  options.default_timeout = std::chrono::seconds(5);
  const OAuthClient client(options);
  ASSERT_TRUE(client.CreateAuthCode(CreateRequest()).ok());
  std::thread drain([this] { server().Drain(); });
  Result<oauth::AuthCode> created = client.CreateAuthCode(CreateRequest());
  while (created.ok()) created = client.CreateAuthCode(CreateRequest());
  EXPECT_EQ(created.error().grpc_code, GrpcCode::kUnavailable);
  // Not the gateway's own refusal: the call never went there.
  EXPECT_EQ(created.error().reason, ErrorReason::kUnspecified);
  drain.join();
}

}  // namespace
}  // namespace modelgates::gateway
