#pragma once

#include <cstdint>
#include <string_view>

namespace modelgates::gateway {

// The severity of a log line, in ascending order; the numbers are those of spdlog's levels.
enum class Severity : uint8_t {
  kDebug = 1,  // a failed attempt, to analyse a single call
  kInfo,       // a finished call; start and stop of the program
  kWarning,    // a problem that operators should know
  kError,      // operators must act
};

enum class LogFormat : uint8_t {
  kJson,  // one JSON object per line, for machines
  kText,  // for a terminal
};

// The value of the field `severity`, e.g. "INFO".
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
