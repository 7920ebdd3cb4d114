#include "telemetry/call_spans.h"

#include <fmt/format.h>
#include <google/rpc/code.pb.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <utility>

#include "base/host_port.h"
#include "http/base_url.h"
#include "http/url.h"
#include "upstream/rest_mapping.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

constexpr std::string_view kService = "modelgates.oauth.v1.OAuthService";

// The codes that are the server's fault (conventions for gRPC): for others the span of the server
// has no error.
bool IsFaultOfServer(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDataLoss:
      return true;
    default:
      return false;
  }
}

// The time of the wall clock now, less what has passed on the steady clock.
std::chrono::nanoseconds Since1970(TimePoint time) {
  return std::chrono::system_clock::now().time_since_epoch() -
         (std::chrono::steady_clock::now() - time);
}

}  // namespace

CallTracer::CallTracer(const Sampler& sampler, std::string_view upstream, std::string_view listen,
                       SpanQueue& queue)
    : sampler_(sampler), queue_(queue) {
  if (const std::optional<HostPort> own = SplitHostPort(listen)) {
    // "Any" is no address.
    if (own->host != "0.0.0.0" && own->host != "[::]")
      gateway_.address = WithoutBrackets(own->host);
    std::from_chars(own->port.data(), own->port.data() + own->port.size(), gateway_.port);
  }
  const absl::StatusOr<BaseUrl> url = ParseBaseUrl(upstream);
  if (!url.ok()) throw std::invalid_argument("base URL " + std::string(url.status().message()));
  if (const std::optional<Url> origin = ParseUrl(url->origin)) {
    upstream_ = {std::string(WithoutBrackets(origin->host)), origin->port};
  }
  for (size_t i = 0; i < kRpcCount; ++i) {
    const Rpc rpc = static_cast<Rpc>(i);
    names_[i] = {.method = fmt::format("{}/{}", kService, ToString(rpc)),
                 .request = fmt::format("POST {}", PathOf(rpc)),
                 .request_url = fmt::format("{}://{}{}{}", url->tls ? "https" : "http",
                                            url->authority, url->path, PathOf(rpc))};
  }
}

std::unique_ptr<CallSpans> CallTracer::Start(Rpc rpc, TimePoint started,
                                             const TraceContext& caller) {
  if (sampler_.parent_based && caller.valid() && !caller.sampled) return nullptr;
  const TraceId trace_id = caller.valid() ? caller.trace_id : ids_.NewTraceId();
  if (!IsSampled(sampler_, caller, trace_id)) return nullptr;
  return std::make_unique<CallSpans>(*this, rpc, started, caller, trace_id);
}

void CallTracer::Add(const Place& place, Span& span) {
  if (!place.address.empty()) span.Add("server.address", place.address);
  if (place.port != 0) span.Add("server.port", place.port);
}

CallSpans::CallSpans(CallTracer& tracer, Rpc rpc, TimePoint started, const TraceContext& caller,
                     const TraceId& trace_id)
    : tracer_(tracer),
      rpc_(rpc),
      start_(Since1970(started)),
      parent_(caller.span_id),
      context_{trace_id, tracer.ids_.NewSpanId(), true} {}

void CallSpans::SetTracestate(std::string tracestate) {
  if (!tracestate.empty()) tracestate_ = std::make_shared<const std::string>(std::move(tracestate));
}

void CallSpans::OnAttempt(const AttemptRecord& record, int attempt) {
  Span span;
  span.context = {context_.trace_id, tracer_.ids_.NewSpanId(), true};
  span.parent = context_.span_id;
  span.kind = SpanKind::kClient;
  span.name = names().request;
  span.start = start_ + record.started;
  span.duration = record.elapsed;
  span.tracestate = tracestate_;
  span.Add("http.request.method", "POST");
  CallTracer::Add(tracer_.upstream_, span);
  span.Add("url.full", names().request_url);
  span.Add("network.protocol.version", "1.1");
  if (attempt > 1) span.Add("http.request.resend_count", attempt - 1);
  if (record.http_status != 0) span.Add("http.response.status_code", record.http_status);
  if (record.failure) {
    span.failed = true;
    span.Add("error.type", ToString(*record.failure));
  } else if (record.http_status >= 400) {
    span.failed = true;
    span.Add("error.type", Span::NumberText{record.http_status});
  }
  tracer_.queue_.Put(std::move(span));
}

void CallSpans::OnEnd(const CallResult& end, Duration elapsed) {
  const absl::StatusCode code = end.failed == nullptr ? absl::StatusCode::kOk : end.failed->code;
  const std::string& code_name = google::rpc::Code_Name(static_cast<google::rpc::Code>(code));
  Span span;
  span.context = context_;
  span.parent = parent_;
  span.parent_is_remote = !parent_.empty();
  span.kind = SpanKind::kServer;
  span.name = names().method;
  span.start = start_;
  span.duration = elapsed;
  span.tracestate = tracestate_;
  span.link = link_;
  span.Add("rpc.system.name", "grpc");
  span.Add("rpc.method", names().method);
  span.Add("rpc.status_code", code_name);
  CallTracer::Add(tracer_.gateway_, span);
  if (IsFaultOfServer(code)) {
    span.failed = true;
    span.Add("error.type", code_name);
  }
  if (end.failed != nullptr) {
    span.Add("modelgates.reason", v1::ErrorReason_Name(end.failed->reason));
  }
  if (rpc_ == Rpc::kExchangeAuthCode) {
    if (end.failed != nullptr) {
      span.Add("modelgates.auth_code_state",
               v1::UpstreamError::AuthCodeState_Name(end.failed->auth_code_state));
    }
    span.Add("modelgates.joined", end.joined);
    span.Add("modelgates.replayed", end.replayed);
  }
  if (end.auth_code_fp.size() == span.auth_code_fp.size()) {
    std::copy(end.auth_code_fp.begin(), end.auth_code_fp.end(), span.auth_code_fp.begin());
  }
  tracer_.queue_.Put(std::move(span));
}

}  // namespace modelgates::gateway
