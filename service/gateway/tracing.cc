#include "gateway/tracing.h"

#include <algorithm>
#include <utility>

#include "gateway/ask_loop.h"

namespace modelgates::gateway {
namespace {

constexpr std::chrono::seconds kFinishTime{2};

TransportOptions ToTransportOptions(const TraceSettings& traces, ReloadObserver& reloads) {
  TransportOptions options;
  options.base_url = traces.origin;
  options.ca_file = traces.ca_file;
  options.ca_setting = "OTEL_EXPORTER_OTLP_CERTIFICATE";
  options.reloads = &reloads;
  options.connect_timeout = std::min(options.connect_timeout, traces.timeout);
  options.max_response_bytes = 64 * 1024;
  options.max_connections = 1;
  options.user_agent = "modelgates-oauth-gateway/" GATEWAY_VERSION;
  return options;
}

}  // namespace

Tracing::Tracing(const TraceSettings& traces, const Config& config, EpollLoop& loop, Log& log,
                 Metrics& metrics, ReloadObserver& reloads, WallClock wall_clock)
    : settings_(traces),
      loop_(loop),
      log_(log, metrics),
      queue_(
          settings_.max_queue, settings_.max_batch,
          [this] { loop_.Post([this] { exporter_.Wake(); }); }, log_),
      calls_(settings_.sampler, config.upstream, config.listen, queue_),
      transport_(loop, ToTransportOptions(settings_, reloads)),
      breaker_({.enabled = false}, Random(), nullptr),
      retrier_(loop, transport_, Random(), budget_, breaker_, std::move(wall_clock)),
      exporter_(loop, retrier_, queue_, settings_, log_) {}

RandomSource Tracing::Random() {
  return [this] { return absl::Uniform(random_, 0.0, 1.0); };
}

void Tracing::Finish() {
  RunOnLoop(loop_, [this] { exporter_.Finish(loop_.Now() + kFinishTime); });
  WaitForLoop(loop_, 2 * kFinishTime, [this] { return exporter_.idle(); });
}

}  // namespace modelgates::gateway
