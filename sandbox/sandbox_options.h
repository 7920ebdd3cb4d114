#pragma once

#include <spdlog/logger.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace modelgates::sandbox {

struct SandboxOptions {
  // An address and a port; an IPv6 address in brackets. Port 0 takes a free one.
  std::string listen = "127.0.0.1:0";

  // Where the API begins: starts with a slash, ends without one; empty is the root.
  std::string base_path = "/api/v1";

  // The bearer that creating a code needs; empty: none. An exchange never needs one.
  std::string api_key;

  // How long a code can be exchanged: the longest life that RFC 6749, 4.1.2 recommends.
  std::chrono::milliseconds code_ttl = std::chrono::minutes(10);

  // How long each answer of the API is held. Faults' delays come on top.
  std::chrono::milliseconds latency{0};

  // Whether /control/ exists. Every program that can reach it can set the API's answers.
  bool control = true;

  // The time of codes, answers and log lines; called on the sandbox's thread. Delays and latency
  // always follow the steady clock of the system.
  std::function<std::chrono::system_clock::time_point()> clock = std::chrono::system_clock::now;

  // Where the log lines go, written with pattern "%v" (MakeStdoutLogger); null: nowhere.
  std::shared_ptr<spdlog::logger> logger;
};

}  // namespace modelgates::sandbox
