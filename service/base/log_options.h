#pragma once

#include <cstdint>
#include <string_view>

namespace modelgates::gateway {

// How much a log line matters, in rising order; with the numbers of spdlog's levels.
enum class Severity : uint8_t {
  kDebug = 1,  // one attempt that failed, to analyse a single call
  kInfo,       // a call that ended, a step of the program's life
  kWarning,    // it works, but operators should know
  kError,      // operators must act
};

enum class LogFormat : uint8_t {
  kJson,  // one JSON object per line, for machines
  kText,  // for a terminal
};

// As the field `severity` says it, e.g. "INFO".
constexpr std::string_view ToString(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return "DEBUG";
    case Severity::kInfo:
      return "INFO";
    case Severity::kWarning:
      return "WARNING";
    case Severity::kError:
      return "ERROR";
  }
  return "ERROR";
}

}  // namespace modelgates::gateway
