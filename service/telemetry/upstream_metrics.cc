#include "telemetry/upstream_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <string>

namespace modelgates::gateway {

UpstreamMetrics::UpstreamMetrics(prometheus::Registry& registry) {
  auto& failed = prometheus::BuildCounter()
                     .Name("oauth_gateway_upstream_failures_total")
                     .Help(
                         "Requests to the upstream without a complete answer, by cause: what "
                         "failed, or, if that is known, which check of the certificate, which "
                         "system error, or the proxy.")
                     .Register(registry);
  for (size_t i = 0; i < kFailures; ++i) {
    failures_[i] =
        &failed.Add({{"cause", std::string(ToString(static_cast<TransportFailure>(i)))}});
  }
  for (size_t i = 1; i < kDetails; ++i) {
    details_[i] = &failed.Add({{"cause", std::string(ToString(static_cast<FailureDetail>(i)))}});
  }
}

void UpstreamMetrics::Failed(TransportFailure failure, FailureDetail detail) {
  prometheus::Counter* const counter = detail == FailureDetail::kNone
                                           ? failures_[static_cast<size_t>(failure)]
                                           : details_[static_cast<size_t>(detail)];
  counter->Increment();
}

}  // namespace modelgates::gateway
