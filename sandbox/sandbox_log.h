#pragma once

#include <spdlog/logger.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sandbox/code_book.h"

namespace modelgates::sandbox {

// The log line of one request. It has no member for a code, verifier, key, bearer, challenge or
// body. `path` is the label of a route, never text of a caller.
struct RequestLine {
  std::string method;
  std::string path;
  std::optional<unsigned> http_status;  // absent: no answer was sent
  std::chrono::microseconds duration{0};
  std::string request_id;
  std::string auth_code_fp;  // Fingerprinter; empty: no code
};

// Writes one JSON object per line to the logger, whose pattern must be "%v" (MakeStdoutLogger).
// Without a logger nothing is written.
class SandboxLog {
 public:
  SandboxLog(std::shared_ptr<spdlog::logger> logger, CodeBook::Clock clock);

  void Request(const RequestLine& line);

  // A fault is applied. The line of the request follows at its end.
  void Fault(const RequestLine& line, std::string_view action, bool after_work);

  void Listening(std::string_view address);
  void Stopped();

  // A session was ended by an exception: out of memory, or a bug.
  void SessionFailed(std::string_view what);

 private:
  const std::shared_ptr<spdlog::logger> logger_;
  const CodeBook::Clock clock_;
};

// A logger that writes unchanged lines to stdout and flushes each.
std::shared_ptr<spdlog::logger> MakeStdoutLogger();

}  // namespace modelgates::sandbox
