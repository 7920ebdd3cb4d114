#include <future>
#include <latch>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "integration/client_fixture.h"
#include "modelgates/oauth/awaitable.h"
#include "modelgates/oauth/pkce.h"
#include "sandbox/sandbox.h"
#include "support/fake_coroutine.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using oauth::ApiKey;
using oauth::AuthCode;
using oauth::AuthCodeState;
using oauth::CallOptions;
using oauth::CodeChallengeMethod;
using oauth::ErrorReason;
using oauth::GrpcCode;
using oauth::OAuthClient;
using oauth::Pkce;
using oauth::Result;
using oauth::SecretText;

class ClientFlow : public ClientTest {};

// ---- Connections

// Given a gateway whose connections get old, when calls go on without a pause, then none is lost to
// a GOAWAY, and no code is sent twice.
TEST_F(ClientFlow, LosesNoCallWhenConnectionsAge) {
  config_.max_connection_age = 100ms;
  size_t calls = 0;
  for (const auto end = std::chrono::steady_clock::now() + 2s;
       std::chrono::steady_clock::now() < end; ++calls) {
    const auto key = oauth().ExchangeAuthCode(ExchangeRequest(std::to_string(calls).c_str()));
    ASSERT_TRUE(key.ok()) << key.error();
  }
  EXPECT_EQ(upstream_.Requests().size(), calls);
  std::set<std::string> connections;
  for (const auto& line : log_.Lines("call")) connections.insert(line["peer"]);
  EXPECT_GE(connections.size(), 5u);
}

// ---- The whole flow

// Given a ModelGates with its real rules, when a code is created and exchanged with PKCE, then
// there is a key, once.
TEST_F(ClientFlow, BringsAKeyByPkce) {
  sandbox::Sandbox sandbox(sandbox::SandboxOptions{});
  ASSERT_TRUE(sandbox.Start().ok());
  config_.upstream = sandbox.base_url();
  const Pkce pkce = Pkce::Generate();

  oauth::CreateAuthCodeRequest create = CreateRequest();
  create.code_challenge = pkce.challenge;
  create.code_challenge_method = CodeChallengeMethod::kS256;
  create.limit = 5;
  create.expires_at = std::chrono::floor<std::chrono::microseconds>(
      std::chrono::system_clock::now() + std::chrono::hours(24));
  const Result<AuthCode> created = oauth().CreateAuthCode(create);
  ASSERT_TRUE(created.ok()) << created.error();
  EXPECT_FALSE(created->id.empty());
  EXPECT_NE(created->app_id, 0);
  EXPECT_TRUE(created->created_at);
  EXPECT_FALSE(created->request_id.empty());

  oauth::ExchangeAuthCodeRequest exchange;
  exchange.code = created->id;
  exchange.code_verifier = pkce.verifier;
  exchange.code_challenge_method = CodeChallengeMethod::kS256;
  const Result<ApiKey> key = oauth().ExchangeAuthCode(exchange);
  ASSERT_TRUE(key.ok()) << key.error();
  EXPECT_TRUE(key->key.Reveal().starts_with("sk-"));
  EXPECT_TRUE(key->user_id);
  EXPECT_FALSE(key->replayed);

  const Result<ApiKey> again = oauth().ExchangeAuthCode(exchange);
  ASSERT_TRUE(again.ok()) << again.error();
  EXPECT_EQ(again->key, key->key);
  EXPECT_TRUE(again->replayed);

  CallOptions once_only;
  once_only.once_only = true;
  const Result<ApiKey> refused = oauth().ExchangeAuthCode(exchange, once_only);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, ErrorReason::kForbidden);
  EXPECT_EQ(refused.error().auth_code_state, AuthCodeState::kRejected);
  EXPECT_EQ(refused.error().http_status, 403);
  EXPECT_FALSE(refused.error().user_message.empty());
}

TEST_F(ClientFlow, SendsEveryFieldAndTheAppOfTheClient) {
  oauth::ClientOptions options = Options();
  options.http_referer = "https://app.example";
  options.x_open_router_title = "App";
  options.x_open_router_categories = "cli-agent";
  oauth::CreateAuthCodeRequest create = CreateRequest();
  create.x_open_router_title = "Other";
  create.key_label = "label";
  create.limit = 0.1;
  create.usage_limit_type = oauth::UsageLimitType::kWeekly;
  create.workspace_id = "w-1";
  ASSERT_TRUE(OAuthClient(options).CreateAuthCode(create).ok());
  const ReceivedRequest request = upstream_.Requests().at(0);
  EXPECT_EQ(request.Header("HTTP-Referer"), "https://app.example");
  EXPECT_EQ(request.Header("X-OpenRouter-Title"), "Other");
  EXPECT_EQ(request.Header("X-OpenRouter-Categories"), "cli-agent");
  EXPECT_EQ(nlohmann::json::parse(request.body),
            nlohmann::json::parse(R"({"callback_url":"https://app.example.com/callback",
                "key_label":"label","limit":0.1,"usage_limit_type":"weekly",
                "workspace_id":"w-1"})"));
}

TEST_F(ClientFlow, ObeysTheRetriesOfTheRequest) {
  upstream_.SetDefault(kCreatePath, Answer::Json(503, ErrorBody(503, "later")));
  oauth::CreateAuthCodeRequest create = CreateRequest();
  create.retries.emplace().max_attempts = 3;
  create.retries->backoff.emplace().initial_interval = 10ms;
  create.retries->backoff->jitter = 0ms;
  const Result<AuthCode> created = oauth().CreateAuthCode(create);
  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().reason, ErrorReason::kUpstreamUnavailable);
  EXPECT_EQ(created.error().attempts, 3);
  EXPECT_EQ(created.error().stop_reason, "attempts_exhausted");
  ASSERT_TRUE(created.error().upstream);
  EXPECT_EQ(created.error().upstream->attempts.size(), 3u);
  EXPECT_EQ(created.error().upstream_message, "later");
}

TEST_F(ClientFlow, SendsBearerAndIdOfTheCall) {
  config_.credential_mode = CredentialMode::kPassthrough;
  const Result<AuthCode> without = oauth().CreateAuthCode(CreateRequest());
  ASSERT_FALSE(without.ok());
  EXPECT_EQ(without.error().reason, ErrorReason::kCredentialMissing);
  EXPECT_FALSE(without.error().help.empty());

  CallOptions options;
  options.bearer = SecretText("sk-caller");
  options.request_id = "mine-1";
  const Result<AuthCode> created = oauth().CreateAuthCode(CreateRequest(), options);
  ASSERT_TRUE(created.ok()) << created.error();
  EXPECT_EQ(created->request_id, "mine-1");
  EXPECT_EQ(upstream_.Requests().at(0).Header("Authorization"), "Bearer sk-caller");
}

TEST_F(ClientFlow, NamesEveryWrongFieldOfARequest) {
  oauth::CreateAuthCodeRequest create;
  create.callback_url = "nowhere";
  create.limit = std::numeric_limits<double>::infinity();
  const Result<AuthCode> created = oauth().CreateAuthCode(create);
  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().reason, ErrorReason::kFieldInvalid);
  EXPECT_EQ(created.error().grpc_code, GrpcCode::kInvalidArgument);
  ASSERT_EQ(created.error().field_violations.size(), 2u);
  EXPECT_EQ(created.error().field_violations[0].field, "callback_url");
  EXPECT_EQ(created.error().field_violations[1].field, "limit");
  EXPECT_FALSE(created.error().request_id.empty());
}

// gRPC would end the program.
TEST_F(ClientFlow, SendsNothingWithMetadataThatCannotBeSent) {
  CallOptions options;
  options.bearer = SecretText("sk\n");
  const Result<ApiKey> key = oauth().ExchangeAuthCode(ExchangeRequest(), options);
  ASSERT_FALSE(key.ok());
  EXPECT_EQ(key.error().reason, ErrorReason::kFieldInvalid);
  EXPECT_EQ(key.error().auth_code_state, AuthCodeState::kUnsent);
  std::optional<GrpcCode> code;
  oauth().ExchangeAuthCode(ExchangeRequest(), options,
                           [&](const Result<ApiKey>& result) { code = result.error().grpc_code; });
  EXPECT_EQ(code, GrpcCode::kInvalidArgument);
  EXPECT_EQ(upstream_.connections(), 0);
}

// ---- When there is no gateway, or no time

TEST(ClientWithoutGateway, FailsAtOnceWithoutAReason) {
  oauth::ClientOptions options;
  options.target = "127.0.0.1:1";  // tcpmux, which nobody serves
  const Result<AuthCode> created = OAuthClient(options).CreateAuthCode({.callback_url = "x"});
  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().grpc_code, GrpcCode::kUnavailable);
  EXPECT_EQ(created.error().reason, ErrorReason::kUnspecified);
  EXPECT_EQ(created.error().auth_code_state, AuthCodeState::kUnspecified);
}

TEST(ClientWithoutGateway, WaitsForOneUntilTheDeadlineWhenToldSo) {
  oauth::ClientOptions options;
  options.target = "127.0.0.1:1";
  options.wait_for_ready = true;
  CallOptions call;
  call.timeout = 200ms;
  const auto started = std::chrono::steady_clock::now();
  const Result<AuthCode> created = OAuthClient(options).CreateAuthCode({.callback_url = "x"}, call);
  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().grpc_code, GrpcCode::kDeadlineExceeded);
  EXPECT_EQ(created.error().reason, ErrorReason::kUnspecified);
  EXPECT_GE(std::chrono::steady_clock::now() - started, 200ms);
}

// Given an upstream that is slower than the caller has time, when its deadline passes, then it is
// the gateway that says so, and the repeat gets the key.
TEST_F(ClientFlow, LearnsWhatBecameOfTheCodeWhenItsDeadlinePasses) {
  upstream_.Enqueue(kExchangePath, Answer::Json(200, kKeyBody).Delayed(700ms));
  CallOptions options;
  options.timeout = 400ms;
  const Result<ApiKey> first = oauth().ExchangeAuthCode(ExchangeRequest(), options);
  ASSERT_FALSE(first.ok());
  EXPECT_EQ(first.error().reason, ErrorReason::kExchangeInProgress);
  EXPECT_EQ(first.error().auth_code_state, AuthCodeState::kInFlight);
  EXPECT_TRUE(first.error().retryable);
  EXPECT_TRUE(first.error().retry_delay);
  const Result<ApiKey> again = oauth().ExchangeAuthCode(ExchangeRequest());
  ASSERT_TRUE(again.ok()) << again.error();
  EXPECT_EQ(again->key.Reveal(), "sk-user-1");
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), 1u);
}

TEST_F(ClientFlow, TakesTimeoutsThatNoClockCanHold) {
  CallOptions options;
  options.timeout = std::chrono::milliseconds::max();
  EXPECT_TRUE(oauth().CreateAuthCode(CreateRequest(), options).ok());
  options.timeout = std::chrono::milliseconds::min();
  const Result<AuthCode> late = oauth().CreateAuthCode(CreateRequest(), options);
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().grpc_code, GrpcCode::kDeadlineExceeded);
}

// ---- Cancelling

TEST_F(ClientFlow, StopsABlockingCall) {
  upstream_.SetDefault(kCreatePath, Answer::Hang());
  std::stop_source source;
  CallOptions options;
  options.stop = source.get_token();
  const oauth::OAuthClient client = oauth();
  auto call = std::async(std::launch::async,
                         [&] { return client.CreateAuthCode(CreateRequest(), options); });
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  source.request_stop();
  const Result<AuthCode> created = call.get();
  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().grpc_code, GrpcCode::kCancelled);
  EXPECT_TRUE(upstream_.WaitForOpenConnections(0));
}

TEST_F(ClientFlow, StopsAnAsynchronousCall) {
  upstream_.SetDefault(kCreatePath, Answer::Hang());
  std::stop_source source;
  CallOptions options;
  options.stop = source.get_token();
  std::promise<Result<AuthCode>> ended;
  oauth().CreateAuthCode(CreateRequest(), options,
                         [&](Result<AuthCode> result) { ended.set_value(std::move(result)); });
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  source.request_stop();
  EXPECT_EQ(ended.get_future().get().error().grpc_code, GrpcCode::kCancelled);
}

TEST_F(ClientFlow, SendsNothingOfACallThatIsStoppedBefore) {
  std::stop_source source;
  source.request_stop();
  CallOptions options;
  options.stop = source.get_token();
  EXPECT_EQ(oauth().CreateAuthCode(CreateRequest(), options).error().grpc_code,
            GrpcCode::kCancelled);
  std::promise<Result<ApiKey>> ended;
  oauth().ExchangeAuthCode(ExchangeRequest(), options,
                           [&](Result<ApiKey> result) { ended.set_value(std::move(result)); });
  EXPECT_EQ(ended.get_future().get().error().grpc_code, GrpcCode::kCancelled);
  EXPECT_EQ(upstream_.connections(), 0);
}

// An end and a request to stop may come at the same time, from two threads.
TEST_F(ClientFlow, StandsEveryOrderOfEndAndStop) {
  constexpr int kCalls = 200;
  std::latch done(kCalls);
  std::vector<std::stop_source> sources(kCalls);
  std::atomic<int> succeeded = 0;
  std::atomic<int> cancelled = 0;
  std::jthread stopper;
  for (int i = 0; i < kCalls; ++i) {
    CallOptions options;
    options.stop = sources[static_cast<size_t>(i)].get_token();
    oauth().CreateAuthCode(CreateRequest(), options, [&](const Result<AuthCode>& result) {
      if (result.ok()) {
        ++succeeded;
      } else if (result.error().grpc_code == GrpcCode::kCancelled) {
        ++cancelled;
      }
      done.count_down();
    });
    if (i == kCalls / 2) {
      stopper = std::jthread([&sources] {
        for (std::stop_source& source : sources) source.request_stop();
      });
    }
  }
  done.wait();
  EXPECT_EQ(succeeded + cancelled, kCalls);
}

// ---- Asynchronous

TEST_F(ClientFlow, CallsBackOnceForEachOfManyCalls) {
  constexpr int kCalls = 100;
  std::latch done(kCalls);
  std::atomic<int> succeeded = 0;
  for (int i = 0; i < kCalls; ++i) {
    oauth().ExchangeAuthCode(ExchangeRequest(("code-" + std::to_string(i)).c_str()), {},
                             [&](const Result<ApiKey>& result) {
                               if (result.ok()) ++succeeded;
                               done.count_down();
                             });
  }
  done.wait();
  EXPECT_EQ(succeeded, kCalls);
}

TEST_F(ClientFlow, LetsACallOutliveItsClient) {
  upstream_.SetDefault(kCreatePath, Answer::Json(200, kCreatedBody).Delayed(100ms));
  std::promise<Result<AuthCode>> ended;
  {
    const OAuthClient gone(Options());
    gone.CreateAuthCode(CreateRequest(), {},
                        [&](Result<AuthCode> result) { ended.set_value(std::move(result)); });
  }
  const Result<AuthCode> created = ended.get_future().get();
  ASSERT_TRUE(created.ok()) << created.error();
  EXPECT_EQ(created->id.Reveal(), "auth-code-1");
}

// A callback may make the next call, blocking or not.
TEST_F(ClientFlow, MakesTheNextCallFromACallback) {
  std::promise<Result<ApiKey>> ended;
  oauth().CreateAuthCode(CreateRequest(), {}, [&](const Result<AuthCode>& created) {
    oauth::ExchangeAuthCodeRequest exchange = ExchangeRequest();
    exchange.code = created->id;
    EXPECT_TRUE(oauth().ExchangeAuthCode(exchange).ok());
    oauth().ExchangeAuthCode(exchange, {},
                             [&](Result<ApiKey> key) { ended.set_value(std::move(key)); });
  });
  EXPECT_TRUE(ended.get_future().get().ok());
}

FakeCoroutine LogIn(OAuthClient client, oauth::CreateAuthCodeRequest create, CallOptions options,
                    std::promise<Result<ApiKey>>& ended) {
  Result<AuthCode> created = co_await oauth::AwaitCreateAuthCode(client, create, options);
  if (!created.ok()) {
    ended.set_value(created.error());
    co_return;
  }
  oauth::ExchangeAuthCodeRequest exchange;
  exchange.code = created->id;
  exchange.code_verifier = SecretText(kVerifier);
  ended.set_value(co_await oauth::AwaitExchangeAuthCode(client, exchange, options));
}

TEST_F(ClientFlow, IsAwaited) {
  std::promise<Result<ApiKey>> ended;
  LogIn(oauth(), CreateRequest(), {}, ended);
  const Result<ApiKey> key = ended.get_future().get();
  ASSERT_TRUE(key.ok()) << key.error();
  EXPECT_EQ(key->key.Reveal(), "sk-user-1");
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), 1u);
}

TEST_F(ClientFlow, ResumesACoroutineThatIsStopped) {
  upstream_.SetDefault(kCreatePath, Answer::Hang());
  std::stop_source source;
  CallOptions options;
  options.stop = source.get_token();
  std::promise<Result<ApiKey>> ended;
  LogIn(oauth(), CreateRequest(), options, ended);
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  source.request_stop();
  EXPECT_EQ(ended.get_future().get().error().grpc_code, GrpcCode::kCancelled);
}

// It is resumed before the awaiting expression has even suspended.
TEST_F(ClientFlow, ResumesACoroutineWhoseCallCannotBeSent) {
  CallOptions options;
  options.request_id = "a b";
  std::promise<Result<ApiKey>> ended;
  LogIn(oauth(), CreateRequest(), options, ended);
  EXPECT_EQ(ended.get_future().get().error().reason, ErrorReason::kFieldInvalid);
}

}  // namespace
}  // namespace modelgates::gateway
