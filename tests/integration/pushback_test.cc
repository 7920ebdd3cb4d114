#include <atomic>

#include "integration/gateway_fixture.h"
#include "support/metric_value.h"
#include "support/server_series.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
namespace v1 = modelgates::oauth::v1;

constexpr char kTrailer[] = "grpc-retry-pushback-ms";
constexpr int kClientAttempts = 4;

// A caller whose own gRPC repeats UNAVAILABLE, as gRFC A6 describes and many service configs do.
class RetryingClient {
 public:
  explicit RetryingClient(const std::string& address) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 1);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetServiceConfigJSON(R"({"methodConfig":[{
        "name":[{"service":"modelgates.oauth.v1.OAuthService"}],
        "retryPolicy":{"maxAttempts":4,"initialBackoff":"0.01s","maxBackoff":"0.01s",
                       "backoffMultiplier":1,"retryableStatusCodes":["UNAVAILABLE"]}}]})");
    stub_ = v1::OAuthService::NewStub(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  }

  grpc::Status Create() {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    v1::CreateAuthCodeResponse reply;
    return stub_->CreateAuthCode(&context, MinimalCreate(), &reply);
  }

  grpc::Status Exchange(const std::string& auth_code) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    v1::ExchangeAuthCodeResponse reply;
    return stub_->ExchangeAuthCode(&context, MinimalExchange(auth_code), &reply);
  }

 private:
  std::unique_ptr<v1::OAuthService::Stub> stub_;
};

// ---- That the client does what it is said to

class CountingService final : public v1::OAuthService::CallbackService {
 public:
  explicit CountingService(std::string pushback) : pushback_(std::move(pushback)) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~CountingService() override { server_->Shutdown(); }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  int calls() const { return calls_; }

 private:
  grpc::ServerUnaryReactor* CreateAuthCode(grpc::CallbackServerContext* context,
                                           const v1::CreateAuthCodeRequest*,
                                           v1::CreateAuthCodeResponse*) override {
    ++calls_;
    if (!pushback_.empty()) context->AddTrailingMetadata(kTrailer, pushback_);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish({grpc::UNAVAILABLE, "try again"});
    return reactor;
  }

  const std::string pushback_;
  std::atomic<int> calls_ = 0;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

TEST(RetryingClients, MultiplyWhatPushesNobodyBack) {
  CountingService service("");
  EXPECT_EQ(RetryingClient(service.address()).Create().error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(service.calls(), kClientAttempts);
}

TEST(RetryingClients, StopWhenPushedBack) {
  CountingService service("-1");
  EXPECT_EQ(RetryingClient(service.address()).Create().error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(service.calls(), 1);
}

// ---- What they do with the gateway

class Pushback : public GatewayTest {
 protected:
  Pushback() {
    config_.admin_listen = "127.0.0.1:0";
    config_.max_attempts = 2;
  }

  RetryingClient& retrying() {
    if (!retrying_) retrying_.emplace(server().grpc_address());
    return *retrying_;
  }

  double Started(const std::string& rpc) {
    return MetricValue(server().admin_address(), ServerSeries("grpc_server_started_total", rpc))
        .value_or(-1);
  }

 private:
  std::optional<RetryingClient> retrying_;
};

struct Final {
  const char* name;
  Answer answer;
};

void PrintTo(const Final& row, std::ostream* out) { *out << row.name; }

class FinalErrors : public Pushback, public testing::WithParamInterface<Final> {};

// Every UNAVAILABLE that an upstream can cause, after our own attempts.
TEST_P(FinalErrors, AreOneCallOfTheGateway) {
  config_.attempt_timeout = milliseconds(200);
  upstream_.SetDefault(kCreatePath, GetParam().answer);
  upstream_.SetDefault(kExchangePath, GetParam().answer);
  EXPECT_EQ(retrying().Create().error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(Started("CreateAuthCode"), 1);
  EXPECT_EQ(upstream_.CountRequests(kCreatePath), 2u);
  const bool is_answer = std::isdigit(static_cast<unsigned char>(GetParam().name[0])) != 0;
  if (!is_answer) return;  // an exchange is ABORTED then, which nobody repeats
  EXPECT_EQ(retrying().Exchange("code-1").error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(Started("ExchangeAuthCode"), 1);
}

const Final kFinal[] = {
    {"Reset", Answer().ThenReset()},
    {"Truncated", Answer::Bytes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n").ThenClose()},
    {"Timeout", Answer::Hang()},
    {"408", Answer::Json(408, "{}")},
    {"425", Answer::Json(425, "{}")},
    {"499", Answer::Json(499, "{}")},
    {"502", Answer::Json(502, "{}")},
    {"503", Answer::Json(503, "{}")},
    {"503WithWait", Answer::Json(503, "{}", {{"retry-after-ms", "10"}})},
    {"504", Answer::Json(504, "{}")},
    {"520", Answer::Json(520, "{}")},
    {"524", Answer::Json(524, "{}")},
};

INSTANTIATE_TEST_SUITE_P(, FinalErrors, testing::ValuesIn(kFinal),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(Pushback, MakesAnUpstreamThatCannotBeReachedOneCall) {
  int port = 0;
  {
    const FakeUpstream gone;
    port = gone.port();
  }
  config_.upstream = "http://127.0.0.1:" + std::to_string(port) + "/api/v1";
  EXPECT_EQ(retrying().Create().error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(retrying().Exchange("code-1").error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(Started("CreateAuthCode"), 1);
  EXPECT_EQ(Started("ExchangeAuthCode"), 1);
}

// A wait that we did not wait for is the client's: it comes back after that, and not before.
TEST_F(Pushback, IsTheWaitWhenThereIsOne) {
  config_.max_retry_after = milliseconds(100);
  upstream_.Enqueue(Answer::Json(503, "{}", {{"retry-after-ms", "700"}}));
  const auto before = steady_clock::now();
  EXPECT_TRUE(retrying().Create().ok());
  EXPECT_GE(steady_clock::now() - before, milliseconds(700));
  EXPECT_EQ(Started("CreateAuthCode"), 2);
  EXPECT_EQ(upstream_.Requests().size(), 2u);
}

TEST_F(Pushback, OfAnOverloadBringsTheClientBackLater) {
  config_.max_concurrent_calls = 1;
  upstream_.Enqueue(Answer::Hang());
  const auto running = client().StartCreate(MinimalCreate());
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  auto refused = std::async(std::launch::async, [&] { return retrying().Create(); });
  ASSERT_TRUE(WaitForMetric(
      server().admin_address(),
      R"(oauth_gateway_errors_total{reason="GATEWAY_OVERLOADED",rpc="CreateAuthCode"})", 1));
  running->Cancel();
  EXPECT_TRUE(refused.get().ok());
  EXPECT_EQ(Started("CreateAuthCode"), 3);
}

}  // namespace
}  // namespace modelgates::gateway
