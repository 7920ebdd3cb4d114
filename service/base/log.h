#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

#include "base/log_line.h"
#include "base/log_options.h"
#include "base/time.h"

namespace spdlog {
class logger;
namespace sinks {
class sink;
}
}  // namespace spdlog

namespace modelgates::gateway {

class DescriptorSink;

// The program's log: one line per event on stdout. Each line is written before Write returns, or,
// on a thread that batches, with WriteBatch; so nothing is lost when the process ends, unless the
// reader of stdout is slower than the log (line_writer.h). Lost lines are counted and reported in
// the log (`log_lines_dropped`), at most once per second and at the end. Any thread.
//
//   if (log.Enabled(Severity::kInfo)) {
//     LogLine line = log.Line(Severity::kInfo, "call", "call finished");
//     log.Write(line.Add("rpc", ToString(rpc)).Add("attempts", 2));
//   }
class Log {
 public:
  struct Options {
    Severity min_severity = Severity::kInfo;
    // Text is in colour on a terminal that has colours, unless NO_COLOR is set (no-color.org).
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

  // The lowest severity that is written from now on.
  void SetMinSeverity(Severity severity);

  // To be checked before a line is built that may be disabled.
  bool Enabled(Severity severity) const;

  // Begins a line with `event`, a literal of the table of events, and `message` (fixed text, for
  // people; what varies goes into fields).
  LogLine Line(Severity severity, LogEvent event, std::string_view message) const {
    return {format_, severity, event, message};
  }

  // Writes `line` with `timestamp` (now) and `severity` before its fields, unless its severity is
  // not enabled. Once per line.
  void Write(const LogLine& line);

  // See LineWriter; without effect when there is a sink.
  void BatchLinesOfThisThread();
  void WriteBatch();

  // Waits until everything is written, at most two seconds, and reports lost lines.
  void Flush();

  // Lines that were lost because the reader was too slow or gone.
  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  void Pass(const LogLine& line);
  void CountDropped();
  bool loss_is_unsaid() const { return dropped() != said_.load(std::memory_order_relaxed); }
  // If this line is lost, too, it is repeated later.
  void SayLoss();

  const LogFormat format_;
  std::unique_ptr<spdlog::logger> logger_;
  std::shared_ptr<DescriptorSink> to_fd_;  // null: there is a sink
  std::atomic<uint64_t> dropped_{0};
  std::atomic<uint64_t> said_{0};  // reported part of `dropped_`
  std::mutex loss_mutex_;
  TimePoint next_loss_line_{};  // guarded by loss_mutex_
};

}  // namespace modelgates::gateway
