#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "telemetry/exemplars.h"

namespace modelgates::gateway {

// The counters, gauges and histograms of `families` in the text format of OpenMetrics 1.0, each
// sample with its exemplar. Names of counters end in _total.
std::string WriteOpenMetrics(const std::vector<prometheus::MetricFamily>& families,
                             const Exemplars& exemplars);

}  // namespace modelgates::gateway
