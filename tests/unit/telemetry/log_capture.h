#pragma once

#include <spdlog/sinks/ostream_sink.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "base/log.h"

namespace modelgates::gateway {

// A log whose lines a test reads.
class LogCapture {
 public:
  explicit LogCapture(Severity min_severity = Severity::kDebug)
      : log_({.min_severity = min_severity,
              .format = LogFormat::kJson,
              .sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(out_)}) {}

  Log& log() { return log_; }
  std::string text() const { return out_.str(); }

  // Every line, parsed; throws when one is not JSON.
  std::vector<nlohmann::json> Lines() const {
    std::vector<nlohmann::json> lines;
    std::istringstream in(out_.str());
    for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
  }

 private:
  std::ostringstream out_;
  Log log_;
};

}  // namespace modelgates::gateway
