#include "trace/span_exporter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/wait_point.h"

namespace modelgates::gateway {
namespace {

// Spans that are encoded in one turn of the loop, some microseconds each.
constexpr size_t kSpansPerTurn = 32;

// OTLP/HTTP, section "Failures": these answers may pass. 200 with a body that is no answer counts
// as taken.
bool MayPass(int http_status) {
  return http_status == 429 || http_status == 502 || http_status == 503 || http_status == 504;
}

Classification ClassifyExport(const HttpResult& result) {
  const auto* response = std::get_if<HttpResponse>(&result);
  const bool again = response == nullptr || MayPass(response->status);
  return {.retry = again ? RetryClass::kAlways : RetryClass::kFinal};
}

class NoObserver final : public AttemptObserver {};

}  // namespace

SpanExporter::SpanExporter(EventLoop& loop, Retrier& retrier, SpanQueue& queue,
                           const TraceSettings& settings, SpanObserver& observer)
    : loop_(loop),
      retrier_(retrier),
      queue_(queue),
      settings_(settings),
      observer_(observer),
      json_(settings.resource, GATEWAY_VERSION) {
  loop_.Start(*this, loop_.Now() + settings_.schedule_delay);
}

void SpanExporter::Wake() {
  if (running_) return;
  Cancel();
  running_ = true;
  Spawn(Run());
}

void SpanExporter::OnTimer() {
  if (finishing_) {
    stop_.request_stop();
  } else {
    Wake();
  }
}

void SpanExporter::Finish(TimePoint deadline) {
  finishing_ = true;
  if (!running_) Wake();
  loop_.Start(*this, deadline);
}

Task<void> SpanExporter::Run() {
  do {
    queue_.Take(settings_.max_batch, batch_);
    if (batch_.empty()) break;
    Task<void> exporting = Export();
    co_await exporting;
    batch_.clear();
  } while (finishing_ || queue_.size() >= settings_.max_batch);
  running_ = false;
  if (finishing_) {
    Cancel();
  } else {
    loop_.Start(*this, loop_.Now() + settings_.schedule_delay);
  }
}

Task<void> SpanExporter::Export() {
  HttpRequest request(settings_.path);
  for (const auto& [name, value] : settings_.headers) request.AddHeader(name, value.Reveal());
  Task<std::string> encode = Encode();
  request.set_body(co_await encode);
  RetryOptions options;
  options.policy.max_attempts = kMaxAttempts;
  options.policy.initial_interval = std::chrono::seconds(1);
  options.policy.max_interval = std::chrono::seconds(5);
  options.policy.max_retry_after = settings_.export_timeout;
  options.started = loop_.Now();
  options.deadline = options.started + settings_.export_timeout;
  options.attempt_timeout = settings_.timeout;
  options.stop = stop_.get_token();
  options.classify = ClassifyExport;
  options.repeat = Repeat::kHarmless;
  NoObserver observer;
  Task<Outcome> send = retrier_.Send(request, options, observer);
  Report(co_await send);
}

Task<std::string> SpanExporter::Encode() {
  json_.Begin();
  for (std::span<const Span> left(batch_); !left.empty();) {
    const size_t part = std::min(left.size(), kSpansPerTurn);
    json_.Add(left.first(part));
    left = left.subspan(part);
    // Calls go first. A stop request does not end the wait, for it is short.
    WaitPoint turn(loop_);
    const std::stop_token never;
    co_await turn.Wait(loop_.Now(), never);
  }
  co_return json_.End();
}

void SpanExporter::Report(const Outcome& outcome) {
  const size_t spans = batch_.size();
  if (stop_.stop_requested()) {
    observer_.OnLost(SpanLoss::kStopped, spans, "the gateway ends");
    return;
  }
  const auto* response = std::get_if<HttpResponse>(&outcome.last);
  if (response == nullptr) {
    observer_.OnLost(SpanLoss::kUnreachable, spans, CauseOf(outcome.last));
    return;
  }
  const std::string status = fmt::format("status {}", response->status);
  if (!IsSuccess(response->status)) {
    const SpanLoss loss = MayPass(response->status) ? SpanLoss::kUnreachable : SpanLoss::kRefused;
    observer_.OnLost(loss, spans, status);
    return;
  }
  std::string body = response->body;
  const auto rejected = std::min<int64_t>(RejectedSpans(body), static_cast<int64_t>(spans));
  const auto lost = static_cast<size_t>(rejected);
  if (lost > 0) observer_.OnLost(SpanLoss::kRefused, lost, "the collector took a part only");
  if (lost < spans) observer_.OnExported(spans - lost);
}

}  // namespace modelgates::gateway
