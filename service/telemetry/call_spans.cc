#include "telemetry/call_spans.h"

#include <fmt/format.h>
#include <google/rpc/code.pb.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/host_port.h"
#include "base/unix_socket.h"
#include "http/base_url.h"
#include "http/url.h"
#include "trace/otlp_json.h"
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

std::string ServerAttributes(std::string_view method, std::string_view listen) {
  std::vector<Span::Attribute> attributes{{"rpc.system.name", "grpc"}, {"rpc.method", method}};
  if (const std::optional<std::string_view> path = UnixSocketPath(listen)) {
    attributes.push_back({"server.address", *path});
  } else if (const std::optional<HostPort> own = SplitHostPort(listen)) {
    // "Any" is no address, and 0 no port.
    if (own->host != "0.0.0.0" && own->host != "[::]") {
      attributes.push_back({"server.address", WithoutBrackets(own->host)});
    }
    int port = 0;
    std::from_chars(own->port.data(), own->port.data() + own->port.size(), port);
    if (port != 0) attributes.push_back({"server.port", port});
  }
  return EncodeAttributes(attributes);
}

std::string ClientAttributes(const BaseUrl& upstream, std::string_view path) {
  const std::string url = fmt::format("{}://{}{}{}", upstream.tls ? "https" : "http",
                                      upstream.authority, upstream.path, path);
  const std::optional<Url> origin = ParseUrl(upstream.origin);
  std::vector<Span::Attribute> attributes{{"http.request.method", "POST"}, {"url.full", url}};
  if (origin) {
    attributes.push_back({"server.address", WithoutBrackets(origin->host)});
    attributes.push_back({"server.port", origin->port});
  }
  attributes.push_back({"network.protocol.version", "1.1"});
  return EncodeAttributes(attributes);
}

}  // namespace

CallTracer::CallTracer(const Sampler& sampler, std::string_view upstream, std::string_view listen,
                       SpanQueue& queue)
    : sampler_(sampler), queue_(queue) {
  const absl::StatusOr<BaseUrl> url = ParseBaseUrl(upstream);
  if (!url.ok()) throw std::invalid_argument("base URL " + std::string(url.status().message()));
  for (size_t i = 0; i < kRpcCount; ++i) {
    const Rpc rpc = static_cast<Rpc>(i);
    Names& names = names_[i];
    names.method = fmt::format("{}/{}", kService, ToString(rpc));
    names.request = fmt::format("POST {}", PathOf(rpc));
    names.server_attributes = ServerAttributes(names.method, listen);
    names.client_attributes = ClientAttributes(*url, PathOf(rpc));
  }
}

std::unique_ptr<CallSpans> CallTracer::Start(Rpc rpc, TimePoint started,
                                             const TraceContext& caller) {
  if (sampler_.parent_based && caller.valid() && !caller.sampled) return nullptr;
  const TraceId trace_id = caller.valid() ? caller.trace_id : ids_.NewTraceId();
  if (!IsSampled(sampler_, caller, trace_id)) return nullptr;
  return std::make_unique<CallSpans>(*this, rpc, started, caller, trace_id);
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
  span.fixed_attributes = names().client_attributes;
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
  span.fixed_attributes = names().server_attributes;
  span.Add("rpc.status_code", code_name);
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
