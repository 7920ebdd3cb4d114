#pragma once

#include <spdlog/logger.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace modelgates::sandbox {

struct SandboxOptions {
  // An address and a port; an IPv6 address in brackets. Port 0: any free one.
  std::string listen = "127.0.0.1:0";

  // Path prefix of the API: starts with a slash, ends without one; empty: none.
  std::string base_path = "/api/v1";

  // The bearer that a create requires; empty: none. An exchange never requires one.
  std::string api_key{};

  // How long a code can be exchanged. Default: the maximum that RFC 6749, 4.1.2 recommends.
  std::chrono::milliseconds code_ttl = std::chrono::minutes(10);

  // Delay of each answer of the API, in addition to the delay of a fault.
  std::chrono::milliseconds latency{0};

  // Whether /control/ exists. Every program that can connect can change the API's answers.
  bool control = true;

  // The wall clock of codes, answers and log lines; called on the sandbox's thread. Delays and
  // latency always use the steady clock.
  std::function<std::chrono::system_clock::time_point()> clock = std::chrono::system_clock::now;

  // The destination of log lines, with pattern "%v" (MakeStdoutLogger); null: none.
  std::shared_ptr<spdlog::logger> logger{};
};

}  // namespace modelgates::sandbox
