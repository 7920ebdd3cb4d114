#include "gateway/server.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <functional>
#include <optional>
#include <thread>
#include <utility>

#include "admin/admin_server.h"
#include "frontend/grpc_frontend.h"
#include "gateway/admin_bearer.h"
#include "gateway/ask_loop.h"
#include "gateway/loop_watchdog.h"
#include "gateway/serving_state.h"
#include "gateway/settings_page.h"
#include "gateway/shard.h"
#include "gateway/thread_scheduling.h"
#include "status/status_page.h"
#include "telemetry/metrics.h"
#include "telemetry/port_log.h"
#include "telemetry/process_metrics.h"
#include "telemetry/recent_failures.h"
#include "telemetry/reload_log.h"

namespace modelgates::gateway {
namespace {

class RealServer final : public Server, private Drainable {
 public:
  RealServer(const Config& config, Log& log, const ServerContext& context)
      : config_(config),
        log_(log),
        metrics_(context.commit),
        settings_page_(config_, context.sources, Describe(context.traces), absl::Now),
        shard_(config_, context.traces, log_, metrics_, recent_failures_, reloads_),
        port_log_(shard_.loop(), log_, metrics_),
        frontend_({config_, shard_.loop(), log_, metrics_, port_log_, reloads_, shard_.tracer(),
                   recent_failures_, shard_.caller_keys(), shard_.rpcs()}),
        serving_([this](bool serving) { frontend_.SetServing(serving); }),
        watchdog_(shard_.loop(), [this](bool turns) { LoopTurns(turns); }),
        scheduling_(shard_.loop(), ThreadScheduling::OfThisProcess()) {
    config_.api_key = Secret();  // not read again
    if (!config_.admin_bearer_file.empty()) {
      admin_bearer_.emplace(config_, shard_.loop(), reloads_);
    }
    shard_.Start();
  }

  ~RealServer() override {
    serving_.StartDraining();
    watchdog_.Stop();
    if (admin_) admin_->Stop();
    frontend_.Cancel();
    shard_.AbortExchanges();
    frontend_.WaitForShutdown();
    shard_.Stop();
  }

  absl::Status Listen() {
    if (absl::Status status = ListenAdmin(); !status.ok()) return status;
    if (absl::Status status = frontend_.Listen(); !status.ok()) return status;
    serving_.Start();
    watchdog_.Start();
    shard_.loop().Post([this] { scheduling_.Start(); });
    return absl::OkStatus();
  }

  std::string grpc_address() const override { return frontend_.address(); }
  std::string admin_address() const override { return admin_ ? admin_->address() : ""; }

  void TakeSettings(const SettingsChange& change) override {
    for (const std::string& error : change.errors) {
      reloads_.OnReloadFailed(ReloadLog::kSettings, error);
    }
    if (!change.errors.empty()) return;
    const Config& config = change.config;
    log_.SetMinSeverity(config.log_level);
    frontend_.SetConfig(config);
    shard_.loop().Post([this, config] { shard_.SetConfig(config); });
    settings_page_.Set(config, change.sources);
    reloads_.OnSettingsReloaded(change.changed, change.need_restart);
  }

  DrainEnd Drain() override {
    return gateway::Drain(*this, {.delay = config_.drain_delay,
                                  .max_connection_age = config_.max_connection_age,
                                  .timeout = config_.drain_timeout});
  }

 private:
  void StopServing() override { serving_.StartDraining(); }
  void CloseDoor() override { frontend_.CloseListener(); }
  void RefuseCalls() override { frontend_.RefuseCalls(); }
  void SendGoaway() override { frontend_.SendGoaway(); }
  std::optional<size_t> Busy() override {
    return AskLoop(shard_.loop(), [this] {
      return static_cast<size_t>(frontend_.calls()) + shard_.exchanges_in_flight();
    });
  }
  bool EndConnections(Duration grace) override { return frontend_.EndConnections(grace); }
  TimePoint Now() const override { return shard_.Now(); }
  void Sleep(Duration time) override { std::this_thread::sleep_for(time); }

  void LoopTurns(bool turns) {
    serving_.SetLoopTurns(turns);
    LogLine line = turns ? log_.Line(Severity::kWarning, "loop_turns", "the event loop runs again")
                         : log_.Line(Severity::kError, "loop_hangs",
                                     "the event loop hangs; health is NOT_SERVING");
    log_.Write(line);
  }

  absl::Status ListenAdmin() {
    if (config_.admin_listen.empty()) return absl::OkStatus();
    auto admin = AdminServer::Start(config_.admin_listen, Pages(),
                                    [this](int error) { port_log_.OnAcceptFailed(error); });
    if (!admin.ok()) {
      return absl::UnavailableError(
          fmt::format("--admin_listen: {}", std::string(admin.status().message())));
    }
    admin_ = *std::move(admin);
    return absl::OkStatus();
  }

  AdminPages Pages() {
    AdminPages pages;
    if (admin_bearer_) {
      pages.authorized = [this](std::string_view bearer) { return admin_bearer_->Matches(bearer); };
    }
    pages.live = [this] { return watchdog_.turns(); };
    pages.ready = [this] { return serving_.serving(); };
    pages.refresh_metrics = [this](std::function<void()> done) {
      shard_.loop().Post([this, done = std::move(done)] {
        shard_.UpdateMetrics();
        done();
      });
    };
    pages.metrics = [this] {
      UpdateMetrics();
      return metrics_.Render();
    };
    pages.open_metrics = [this] {
      UpdateMetrics();
      return metrics_.RenderOpenMetrics();
    };
    pages.settings = [this] { return settings_page_.Text(); };
    pages.status = [this] {
      UpdateMetrics();
      return AdminAnswer{.body = status_page_.Render(),
                         .type = "text/html; charset=utf-8",
                         .policy = status_page_.policy()};
    };
    pages.sample = [this] { status_page_.Sample(); };
    pages.sample_interval = StatusHistory::kInterval;
    return pages;
  }

  // Those that neither a call nor the loop updates.
  void UpdateMetrics() {
    frontend_.UpdateMetrics();
    metrics_.SetLogLinesDropped(log_.dropped());
    metrics_.process().Update();
  }

  StatusFacts Facts() const {
    return {.now = absl::Now(),
            .serving = serving_.serving(),
            .changed = settings_page_.Changed(),
            .files = settings_page_.Files(),
            .failures = recent_failures_.Newest(),
            .callers = frontend_.BusiestCallers(StatusFacts::kMaxCallers)};
  }

  Config config_;
  Log& log_;
  Metrics metrics_;
  ReloadLog reloads_{log_, metrics_};
  RecentFailures recent_failures_{absl::Now};
  SettingsPage settings_page_;
  Shard shard_;
  PortLog port_log_;
  GrpcFrontend frontend_;
  ServingState serving_;
  LoopWatchdog watchdog_;
  ThreadScheduling scheduling_;
  std::optional<AdminBearer> admin_bearer_;
  // Used by the thread of the admin port only.
  StatusPage status_page_{{.metrics = [this] { return metrics_.Collect(); },
                           .facts = [this] { return Facts(); },
                           .now = [this] { return shard_.Now(); }}};
  std::unique_ptr<AdminServer> admin_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Config& config, Log& log,
                                                      const ServerContext& context) {
  auto server = std::make_unique<RealServer>(config, log, context);
  if (absl::Status status = server->Listen(); !status.ok()) return status;
  return server;
}

}  // namespace modelgates::gateway
