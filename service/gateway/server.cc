#include "gateway/server.h"

#include <absl/random/random.h>
#include <fmt/format.h>
#include <grpc/health/v1/health.pb.h>
#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <modelgates/oauth/v1/oauth.grpc.pb.h>

#include <functional>
#include <system_error>
#include <thread>
#include <utility>

#include "admin/admin_server.h"
#include "base/epoll_loop.h"
#include "base/host_port.h"
#include "base/listener.h"
#include "base/locked_memory.h"
#include "config/settings_text.h"
#include "exchange/flights/exchange_registry.h"
#include "exchange/shared/redis_exchange_store.h"
#include "frontend/grpc_shutdown.h"
#include "frontend/oauth_service.h"
#include "frontend/reflection_service.h"
#include "frontend/server_limits.h"
#include "frontend/unknown_methods.h"
#include "gateway/accept_failures.h"
#include "gateway/ask_loop.h"
#include "gateway/loop_watchdog.h"
#include "gateway/serving_state.h"
#include "http/curl_transport.h"
#include "resilience/retrier.h"
#include "rpc/oauth_rpcs.h"
#include "rpc/read_exchange.h"
#include "telemetry/breaker_log.h"
#include "telemetry/metrics.h"
#include "telemetry/reload_log.h"

namespace modelgates::gateway {
namespace {

using std::chrono::system_clock;

// How long the end waits for exchanges that were told to end.
constexpr std::chrono::seconds kAbortTime{1};

TransportOptions ToTransportOptions(const Config& config, ReloadObserver& reloads) {
  TransportOptions options;
  options.base_url = config.upstream;
  options.ca_file = config.upstream_ca_file;
  options.ca_setting = "upstream_ca_file";
  options.reloads = &reloads;
  options.proxy = config.upstream_proxy;
  options.connect_timeout = config.connect_timeout;
  options.max_connections = static_cast<size_t>(config.max_upstream_connections);
  options.user_agent = "modelgates-oauth-gateway/" GATEWAY_VERSION;
  return options;
}

RedisExchangeStoreOptions ToStoreOptions(const Config& config) {
  RedisExchangeStoreOptions options;
  options.sending_kept = config.exchange_cap + ExchangeOptions().unknown_ttl;
  return options;
}

ExchangeOptions ToExchangeOptions(const Config& config) {
  ExchangeOptions options;
  options.cap = config.exchange_cap;
  options.success_ttl = config.exchange_replay_ttl;
  options.max_running = static_cast<size_t>(config.max_exchanges);
  options.outage = config.exchange_store_fail_closed ? ExchangeLease::Outage::kRefuse
                                                     : ExchangeLease::Outage::kGoOn;
  return options;
}

// What an exchange store needs.
class SharedStore {
 public:
  SharedStore(const Config& config, EpollLoop& loop, Log& log, ReloadObserver& reloads)
      : client_(loop, *ParseRedisUrl(config.exchange_store.Reveal()),
                ToRedisOptions(config, reloads), log),
        peppers_(config.exchange_pepper_file, loop, &reloads),
        store_(client_, peppers_, ToStoreOptions(config), log) {}

  ExchangeStore& store() { return store_; }
  // On the loop, which must turn once more before this goes.
  void Close() { client_.Close(); }

 private:
  static RedisOptions ToRedisOptions(const Config& config, ReloadObserver& reloads) {
    RedisOptions options;
    options.ca_file = config.exchange_store_ca_file;
    options.ca_setting = "exchange_store_ca_file";
    options.reloads = &reloads;
    return options;
  }

  RedisClient client_;
  PepperFile peppers_;
  RedisExchangeStore store_;
};

RetryBudget::Options ToBudgetOptions(const Config& config) {
  RetryBudget::Options options;
  options.percent = config.retry_budget_percent;
  options.min_rate = config.retry_budget_min_rate;
  return options;
}

CircuitBreaker::Options ToBreakerOptions(const Config& config) {
  CircuitBreaker::Options options;
  options.window = config.breaker_window;
  options.min_attempts = config.breaker_min_attempts;
  options.failure_percent = config.breaker_failure_percent;
  options.probe_interval = config.breaker_probe_interval;
  options.probes = config.breaker_probes;
  return options;
}

std::vector<std::string> ServicesOf(const Config& config) {
  std::vector<std::string> services = {
      oauth::v1::OAuthService::service_full_name(), "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"};
  if (config.channelz) services.emplace_back("grpc.channelz.v1.Channelz");
  return services;
}

ReflectionOptions ToReflectionOptions(const Config& config, Metrics& metrics) {
  ReflectionOptions options;
  options.services = ServicesOf(config);
  options.on_refused = [&metrics] { metrics.ReflectionRefused(); };
  return options;
}

IncompleteRequests::Options ToIncompleteOptions(Metrics& metrics) {
  IncompleteRequests::Options options;
  options.on_given_up = [&metrics] { metrics.IncompleteRequestGivenUp(); };
  return options;
}

class RealServer final : public Server, private Drainable {
 public:
  RealServer(const Config& config, Log& log)
      : config_(config),
        log_(log),
        transport_(loop_, ToTransportOptions(config_, reloads_)),
        breaker_log_(log_),
        budget_(ToBudgetOptions(config_)),
        breaker_(ToBreakerOptions(config_), Random(), &breaker_log_),
        retrier_(loop_, transport_, Random(), config_.retry_budget ? &budget_ : nullptr,
                 config_.breaker ? &breaker_ : nullptr,
                 [] { return std::chrono::floor<std::chrono::seconds>(system_clock::now()); }),
        secrets_([this](int error) { WarnOfUnlockedMemory(error); }),
        shared_(config_.exchange_store.empty()
                    ? nullptr
                    : std::make_unique<SharedStore>(config_, loop_, log_, reloads_)),
        exchanges_(loop_, retrier_, ToExchangeOptions(config_), ReadExchange,
                   shared_ ? &shared_->store() : nullptr, secrets_),
        admission_(config_.max_concurrent_calls),
        credentials_(config_, loop_, &reloads_, secrets_),
        rpcs_(
            {config_, loop_, log_, metrics_, retrier_, exchanges_, credentials_, unread_replies_}),
        refusals_(log_, metrics_, rpcs_.fingerprints()),
        incomplete_requests_(loop_, ReceivedByGrpc(), ToIncompleteOptions(metrics_)),
        service_({loop_, rpcs_, admission_, refusals_, incomplete_requests_}),
        accept_failures_(log_, metrics_),
        serving_(
            [this](bool serving) { grpc_->GetHealthCheckService()->SetServingStatus(serving); }),
        watchdog_(loop_, [this](bool turns) { LoopTurns(turns); }),
        unknown_methods_(log_, [this] { metrics_.UnknownMethodCalled(); }),
        reflection_streams_(ToReflectionOptions(config_, metrics_)),
        loop_thread_([this] { loop_.Run(); }) {
    config_.api_key = Secret();  // nobody else reads it
  }

  ~RealServer() override {
    serving_.StartDraining();
    watchdog_.Stop();
    if (admin_) admin_->Stop();
    if (listener_) listener_->Close();
    if (grpc_) {
      // In the past: running calls are cancelled.
      grpc_->Shutdown(std::chrono::system_clock::now());
      RunOnLoop(loop_, [this] { exchanges_.Abort(); });
      WaitForExchanges();
      shutdown_.reset();
    }
    if (shared_) RunOnLoop(loop_, [this] { shared_->Close(); });
    loop_.Stop();
    loop_thread_.join();
  }

  absl::Status Listen() {
    if (absl::Status status = ListenAdmin(); !status.ok()) return status;
    if (absl::Status status = ListenGrpc(); !status.ok()) return status;
    serving_.Start();
    watchdog_.Start();
    return absl::OkStatus();
  }

  std::string grpc_address() const override { return grpc_address_; }
  std::string admin_address() const override { return admin_ ? admin_->address() : ""; }

  DrainEnd Drain() override {
    return gateway::Drain(*this, {.delay = config_.drain_delay,
                                  .max_connection_age = config_.max_connection_age,
                                  .timeout = config_.drain_timeout});
  }

 private:
  void StopServing() override { serving_.StartDraining(); }
  void CloseDoor() override { listener_->Close(); }
  void RefuseCalls() override { admission_.StartDraining(); }
  void SendGoaway() override { shutdown_->Begin(); }
  std::optional<size_t> Busy() override {
    return AskLoop(
        loop_, [this] { return static_cast<size_t>(admission_.calls()) + exchanges_.in_flight(); });
  }
  bool EndConnections(Duration grace) override { return shutdown_->End(grace); }
  TimePoint Now() const override { return loop_.Now(); }
  void Sleep(Duration time) override { std::this_thread::sleep_for(time); }

  RandomSource Random() {
    return [this] { return absl::Uniform(random_, 0.0, 1.0); };
  }

  void WarnOfUnlockedMemory(int error) {
    LogLine line = log_.Line(Severity::kWarning, "memory_not_locked",
                             "keys that are kept for repeats may be swapped to disk: raise "
                             "RLIMIT_MEMLOCK, or switch swap off");
    log_.Write(line.Add("error", std::generic_category().message(error)));
  }

  void LoopTurns(bool turns) {
    serving_.SetLoopTurns(turns);
    LogLine line = turns ? log_.Line(Severity::kWarning, "loop_turns", "the event loop turns again")
                         : log_.Line(Severity::kError, "loop_hangs",
                                     "the event loop does not turn; health says NOT_SERVING");
    log_.Write(line);
  }

  // On the loop.
  void CopyMetrics() {
    metrics_.SetUpstreamConnections(transport_.stats().open);
    metrics_.SetRetryBudgetTokens(budget_.Tokens(loop_.Now()));
    metrics_.SetBreakerState(static_cast<int>(breaker_.StateAt(loop_.Now())));
    const ExchangeCounts exchanges = exchanges_.CountStates();
    for (size_t i = 0; i < exchanges.size(); ++i) {
      metrics_.SetExchanges(static_cast<ExchangeState>(i), exchanges[i]);
    }
    metrics_.SetIncompleteRequests(incomplete_requests_.size());
    metrics_.SetReflectionStreams(reflection_streams_.open());
    metrics_.SetExchangesInFlight(exchanges_.running());
    metrics_.SetExchangeMemoryBytes(exchanges_.remembered_bytes());
  }

  Listener::Failed ReportAcceptFailure() {
    return [this](int error) { accept_failures_.Report(error, loop_.Now()); };
  }

  absl::Status ListenAdmin() {
    if (config_.admin_listen.empty()) return absl::OkStatus();
    AdminPages pages;
    pages.live = [this] { return watchdog_.turns(); };
    pages.ready = [this] { return serving_.serving(); };
    pages.refresh_metrics = [this](std::function<void()> done) {
      loop_.Post([this, done = std::move(done)] {
        CopyMetrics();
        done();
      });
    };
    pages.metrics = [this] {
      metrics_.SetLogLinesDropped(log_.dropped());
      return metrics_.Render();
    };
    pages.settings = [this] { return DescribeSettings(config_); };
    auto admin = AdminServer::Start(config_.admin_listen, std::move(pages), ReportAcceptFailure());
    if (!admin.ok()) {
      return absl::UnavailableError(
          fmt::format("--admin_listen: {}", std::string(admin.status().message())));
    }
    admin_ = *std::move(admin);
    return absl::OkStatus();
  }

  absl::Status ListenGrpc() {
    // This and channelz are switches of the process: gRPC has none per server.
    grpc::EnableDefaultHealthCheckService(true);
    if (config_.channelz) grpc::channelz::experimental::InitChannelzService();
    // Linked in only if something refers to it; reflection needs its descriptor.
    grpc::health::v1::HealthCheckRequest::descriptor();

    grpc::ServerBuilder builder;
    auto bound = Listener::Bind(config_.listen);
    if (!bound.ok()) {
      return absl::UnavailableError(
          fmt::format("--listen: {}", std::string(bound.status().message())));
    }
    listener_ = *std::move(bound);
    acceptor_ = builder.experimental().AddExternalConnectionAcceptor(
        grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
        grpc::InsecureServerCredentials());
    ApplyLimits(ToServerLimits(config_), builder);
    builder.RegisterService(&service_);
    builder.RegisterCallbackGenericService(&unknown_methods_);
    if (config_.reflection) {
      builder.RegisterService(&reflection_);
      builder.RegisterService(&old_reflection_);
    }
    grpc_ = builder.BuildAndStart();
    if (grpc_ == nullptr) return absl::UnavailableError("--listen: gRPC does not start");
    grpc_address_ =
        fmt::format("{}:{}", SplitHostPort(config_.listen).value().host, listener_->port());
    shutdown_ = std::make_unique<GrpcShutdown>(*grpc_);
    // Known to health from the first connection on; Health says when they serve.
    grpc::HealthCheckServiceInterface* health = grpc_->GetHealthCheckService();
    health->SetServingStatus("", false);
    health->SetServingStatus(oauth::v1::OAuthService::service_full_name(), false);
    listener_->Start(
        [this](int listener, int connection) {
          grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters parameters;
          parameters.listener_fd = listener;
          parameters.fd = connection;
          acceptor_->HandleNewConnection(&parameters);
        },
        ReportAcceptFailure());
    return absl::OkStatus();
  }

  void WaitForExchanges() {
    constexpr std::chrono::milliseconds kInterval{10};
    const TimePoint deadline = loop_.Now() + kAbortTime;
    while (loop_.Now() < deadline &&
           AskLoop(loop_, [this] { return exchanges_.in_flight(); }) != 0) {
      std::this_thread::sleep_for(kInterval);
    }
  }

  Config config_;
  Log& log_;
  Metrics metrics_;
  EpollLoop loop_;
  absl::BitGen random_;
  ReloadLog reloads_{log_, metrics_};
  CurlTransport transport_;
  BreakerLog breaker_log_;
  RetryBudget budget_;
  CircuitBreaker breaker_;
  Retrier retrier_;
  LockedMemory secrets_;
  std::unique_ptr<SharedStore> shared_;  // null: no gateway but this one knows of its exchanges
  ExchangeRegistry exchanges_;
  Admission admission_;
  UnreadReplies unread_replies_{loop_, {}};
  Credentials credentials_;
  OAuthRpcs rpcs_;
  Refusals refusals_;
  IncompleteRequests incomplete_requests_;
  OAuthServiceImpl service_;
  AcceptFailures accept_failures_;
  ServingState serving_;
  LoopWatchdog watchdog_;
  UnknownMethods unknown_methods_;
  ReflectionStreams reflection_streams_;
  ReflectionService reflection_{ReflectionService::Version::kV1, reflection_streams_};
  ReflectionService old_reflection_{ReflectionService::Version::kV1Alpha, reflection_streams_};
  std::thread loop_thread_;
  std::unique_ptr<AdminServer> admin_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::unique_ptr<grpc::Server> grpc_;
  std::unique_ptr<GrpcShutdown> shutdown_;
  std::string grpc_address_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Config& config, Log& log) {
  auto server = std::make_unique<RealServer>(config, log);
  if (absl::Status status = server->Listen(); !status.ok()) return status;
  return server;
}

}  // namespace modelgates::gateway
