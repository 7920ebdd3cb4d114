#pragma once

#include <spdlog/sinks/base_sink.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "support/log_rows.h"

namespace modelgates::gateway {

// A log into memory that can be read while it is written. At its end every line must be as the
// tables of the log say.
class LogCapture {
 public:
  explicit LogCapture(Severity min_severity = Severity::kDebug)
      : sink_(std::make_shared<Sink>()), log_({min_severity, LogFormat::kJson, sink_}) {}

  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;
  ~LogCapture() { ExpectLinesOfLogTable(text()); }

  Log& log() { return log_; }

  std::string text() const {
    const std::lock_guard lock(sink_->text_mutex);
    return sink_->text;
  }

  // All lines, oldest first; throws when one is not JSON.
  std::vector<nlohmann::json> Lines() const {
    std::vector<nlohmann::json> lines;
    std::istringstream in(text());
    for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
  }

  // The lines with this `event`, oldest first.
  std::vector<nlohmann::json> Lines(std::string_view event) const { return LinesOf(text(), event); }

  // Until there are `count` lines of `event`; false when that takes more than 20 s.
  bool WaitForLines(std::string_view event, size_t count) const {
    std::unique_lock lock(sink_->text_mutex);
    return sink_->written.wait_for(lock, std::chrono::seconds(20),
                                   [&] { return LinesOf(sink_->text, event).size() >= count; });
  }

  // The lines of a log in JSON that have this `event`; what is not JSON is left out.
  static std::vector<nlohmann::json> LinesOf(std::string_view text, std::string_view event) {
    std::vector<nlohmann::json> lines;
    while (!text.empty()) {
      const size_t end = std::min(text.find('\n'), text.size());
      nlohmann::json line = nlohmann::json::parse(text.substr(0, end), nullptr, false);
      if (line.is_object() && line.value("event", "") == event) lines.push_back(std::move(line));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
  }

 private:
  struct Sink final : spdlog::sinks::base_sink<std::mutex> {
    void sink_it_(const spdlog::details::log_msg& message) override {
      spdlog::memory_buf_t line;
      formatter_->format(message, line);
      const std::lock_guard lock(text_mutex);
      text.append(line.data(), line.size());
      written.notify_all();
    }
    void flush_() override {}

    std::mutex text_mutex;
    std::condition_variable written;
    std::string text;
  };

  std::shared_ptr<Sink> sink_;
  Log log_;
};

}  // namespace modelgates::gateway
