#include "telemetry/server_metrics.h"

#include <google/rpc/code.pb.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <chrono>
#include <string>

#include "telemetry/seconds_buckets.h"

namespace modelgates::gateway {

ServerMetrics::ServerMetrics(prometheus::Registry& registry, Exemplars& exemplars) {
  static_assert(google::rpc::Code_ARRAYSIZE + 1 == kGrpcCodes);
  auto& started = prometheus::BuildCounter()
                      .Name("grpc_server_started_total")
                      .Help("Calls that started.")
                      .Register(registry);
  auto& handled = prometheus::BuildCounter()
                      .Name("grpc_server_handled_total")
                      .Help("Calls that ended, by gRPC status.")
                      .Register(registry);
  constexpr const char* kHandlingSeconds = "grpc_server_handling_seconds";
  auto& handling = prometheus::BuildHistogram()
                       .Name(kHandlingSeconds)
                       .Help("Duration of calls, from their start to their status, in seconds.")
                       .Register(registry);
  for (size_t rpc = 0; rpc < kRpcCount; ++rpc) {
    PerRpc& series = rpcs_[rpc];
    const prometheus::Labels labels = {
        {"grpc_type", "unary"},
        {"grpc_service", "modelgates.oauth.v1.OAuthService"},
        {"grpc_method", std::string(ToString(static_cast<Rpc>(rpc)))}};
    series.started = &started.Add(labels);
    series.handling_seconds = &handling.Add(labels, SecondsBuckets());
    series.handling_exemplars = &exemplars.Add(kHandlingSeconds, labels, SecondsBuckets());
    for (size_t i = 0; i < kGrpcCodes; ++i) {
      prometheus::Labels with_code = labels;
      with_code["grpc_code"] =
          i + 1 < kGrpcCodes ? google::rpc::Code_Name(static_cast<int>(i)) : "other";
      series.handled[i] = &handled.Add(with_code);
    }
  }
  in_flight_ = &prometheus::BuildGauge()
                    .Name("oauth_gateway_calls_in_flight")
                    .Help("Calls that are running.")
                    .Register(registry)
                    .Add({});
}

void ServerMetrics::Started(Rpc rpc) {
  rpcs_[static_cast<size_t>(rpc)].started->Increment();
  in_flight_->Increment();
}

void ServerMetrics::Handled(Rpc rpc, int grpc_code, Duration elapsed, const TraceContext& span) {
  constexpr int kUnknownCode = static_cast<int>(kGrpcCodes) - 1;
  const int code = grpc_code >= 0 && grpc_code < kUnknownCode ? grpc_code : kUnknownCode;
  PerRpc& series = rpcs_[static_cast<size_t>(rpc)];
  series.handled[static_cast<size_t>(code)]->Increment();
  const double seconds = std::chrono::duration<double>(elapsed).count();
  series.handling_seconds->Observe(seconds);
  series.handling_exemplars->Record(seconds, span);
  in_flight_->Decrement();
}

}  // namespace modelgates::gateway
