#pragma once

#include <fmt/format.h>

#include <atomic>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <type_traits>

#include "base/log_options.h"
#include "base/secret.h"
#include "base/time.h"

namespace spdlog {
class logger;
namespace sinks {
class sink;
}
}  // namespace spdlog

namespace modelgates::gateway {

// One line of the log while it is put together, made by Log::Line. Text goes straight into one
// buffer; a line of usual length (see kInlineBytes) allocates nothing.
//
// Values may hold anything: control characters are escaped, what is not UTF-8 becomes U+FFFD.
// Names are ours: literals in lower_snake.
class LogLine {
 public:
  LogLine(const LogLine&) = delete;
  LogLine& operator=(const LogLine&) = delete;

  LogLine& Add(std::string_view name, std::string_view value);
  LogLine& Add(std::string_view name, const char* value) {
    return Add(name, std::string_view(value));
  }

  template <class T>
  requires std::is_integral_v<T> LogLine& Add(std::string_view name, T value) {
    if constexpr (std::same_as<T, bool>) {
      return AddBare(name, value ? "true" : "false");
    } else if constexpr (std::is_signed_v<T>) {
      return AddSigned(name, value);
    } else {
      return AddUnsigned(name, value);
    }
  }

  // With microseconds as decimals, e.g. 12.345. Not negative.
  LogLine& AddMilliseconds(std::string_view name, Duration value);

  // A secret never reaches the log, not even its length.
  LogLine& Add(std::string_view name, const Secret& value) = delete;

 private:
  friend class Log;

  static constexpr size_t kInlineBytes = 1024;

  LogLine(LogFormat format, Severity severity, std::string_view event, std::string_view message);

  // `value` is JSON already.
  LogLine& AddBare(std::string_view name, std::string_view value);
  LogLine& AddSigned(std::string_view name, int64_t value);
  LogLine& AddUnsigned(std::string_view name, uint64_t value);
  void AppendName(std::string_view name);
  std::string_view Finish();

  const LogFormat format_;
  const Severity severity_;
  fmt::basic_memory_buffer<char, kInlineBytes> buffer_;
};

// The program's log: one line per event on stdout, each written before Write returns, so that
// nothing is lost when the process ends; unless the reader of stdout is slower than the log
// (line_writer.h). Lines that are lost then are counted, and the log itself says how many
// (`log_lines_dropped`), at most once a second and at the end. Any thread.
//
//   if (log.Enabled(Severity::kInfo)) {
//     LogLine line = log.Line(Severity::kInfo, "call", "call finished");
//     log.Write(line.Add("rpc", ToString(rpc)).Add("attempts", 2));
//   }
class Log {
 public:
  struct Options {
    Severity min_severity = Severity::kInfo;
    LogFormat format = LogFormat::kJson;
    // Where lines go; null is `fd`. Tests pass an ostream_sink_mt.
    std::shared_ptr<spdlog::sinks::sink> sink;
    int fd = 1;  // stdout; must stay open until the log is gone
  };

  Log() : Log(Options()) {}
  explicit Log(const Options& options);
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  ~Log();

  // Ask before building a line that is not always wanted.
  bool Enabled(Severity severity) const { return severity >= min_severity_; }

  // Begins a line with `timestamp` (now), `severity`, `event` (lower_snake, stable, for programs)
  // and `message` (fixed text, for people; what varies goes into fields).
  LogLine Line(Severity severity, std::string_view event, std::string_view message) const {
    return {format_, severity, event, message};
  }

  // Ends `line` and writes it, unless its severity is not enabled. Once per line.
  void Write(LogLine& line);

  // Waits until everything is written, two seconds at most, and says what was lost.
  void Flush();

  // Lines that were lost because the reader was too slow or gone.
  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  void Pass(LogLine& line);
  void CountDropped();
  bool loss_is_unsaid() const { return dropped() != said_.load(std::memory_order_relaxed); }
  // Lost itself, it is said again later.
  void SayLoss();

  const Severity min_severity_;
  const LogFormat format_;
  std::unique_ptr<spdlog::logger> logger_;
  std::function<uint64_t()> take_dropped_;
  std::atomic<uint64_t> dropped_{0};
  std::atomic<uint64_t> said_{0};  // of `dropped_`
  std::mutex loss_mutex_;
  TimePoint next_loss_line_{};  // guarded by loss_mutex_
};

}  // namespace modelgates::gateway
