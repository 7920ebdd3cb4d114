#pragma once

#include <spdlog/logger.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sandbox/code_book.h"

namespace modelgates::sandbox {

// The log line of one request. It has no member for a code, a verifier, a key, a bearer, a
// challenge or a body, and `path` is the name of a route, never text of a caller.
struct RequestLine {
  std::string method;
  std::string path;
  std::optional<unsigned> http_status;  // absent: no answer was sent
  std::chrono::microseconds duration{0};
  std::string request_id;
  std::string auth_code_fp;  // Fingerprinter; empty: no code in sight
};

// Writes one JSON object per line to the logger, whose pattern must be "%v" (MakeStdoutLogger).
// Without a logger nothing is written.
class SandboxLog {
 public:
  SandboxLog(std::shared_ptr<spdlog::logger> logger, CodeBook::Clock clock);

  void Request(const RequestLine& line);

  // A fault strikes; the line of the request follows when it is over.
  void Fault(const RequestLine& line, std::string_view action, bool after_work);

  void Listening(std::string_view address);
  void Stopped();

  // A session that ended by an exception: out of memory, or a bug.
  void SessionFailed(std::string_view what);

 private:
  const std::shared_ptr<spdlog::logger> logger_;
  const CodeBook::Clock clock_;
};

// Lines as they are, on stdout, each flushed.
std::shared_ptr<spdlog::logger> MakeStdoutLogger();

}  // namespace modelgates::sandbox
