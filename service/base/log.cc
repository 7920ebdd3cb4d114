#include "base/log.h"

#include <spdlog/details/null_mutex.h>
#include <spdlog/details/os.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>

#include "base/line_writer.h"
#include "base/text.h"

namespace modelgates::gateway {
namespace {

constexpr spdlog::level::level_enum ToLevel(Severity severity) {
  return static_cast<spdlog::level::level_enum>(severity);
}
static_assert(ToLevel(Severity::kDebug) == spdlog::level::debug);
static_assert(ToLevel(Severity::kInfo) == spdlog::level::info);
static_assert(ToLevel(Severity::kWarning) == spdlog::level::warn);
static_assert(ToLevel(Severity::kError) == spdlog::level::err);

bool HasColors(int fd) {
  const char* const no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  return isatty(fd) == 1 && spdlog::details::os::is_color_terminal();
}

// The colours of spdlog's own sinks.
std::string_view ColorOf(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return "\033[36m";
    case Severity::kInfo:
      return "\033[32m";
    case Severity::kWarning:
      return "\033[33m\033[1m";
    case Severity::kError:
      return "\033[31m\033[1m";
  }
  return "";
}

// Many lines have the same second, and the calendar is the most expensive part.
class Timestamp {
 public:
  std::string_view Of(spdlog::log_clock::time_point time) {
    const auto micros =
        std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
    if (const std::time_t second = micros / 1'000'000; second != second_) {
      const std::tm calendar = spdlog::details::os::gmtime(second);
      std::strftime(text_.data(), text_.size(), "%FT%T.000000Z", &calendar);
      second_ = second;
    }
    auto rest = static_cast<uint32_t>(micros % 1'000'000);
    for (size_t digit = kSize - 1; digit > kSize - 7; --digit, rest /= 10) {
      text_[digit - 1] = static_cast<char>('0' + rest % 10);
    }
    return {text_.data(), kSize};
  }

 private:
  static constexpr size_t kSize = std::string_view("2026-11-23T06:00:00.000000Z").size();

  std::time_t second_ = -1;
  std::array<char, kSize + 1> text_{};
};

// Formats time and severity from spdlog, and the fields of a LogLine, which are the payload:
//
//   {"timestamp":"2026-11-23T06:00:00.123456Z","severity":"INFO","event":"call",...}
//   2026-11-23T06:00:00.123456Z INFO    call: call finished ...
//
// Thread-safe.
class Envelope final : public spdlog::formatter {
 public:
  // `colors`: of the severity, in text.
  Envelope(LogFormat format, bool colors) : format_(format), colors_(colors) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& line) override {
    constexpr size_t kMostOfEnvelope = 100;
    thread_local Timestamp timestamp;
    const std::string_view time = timestamp.Of(message.time);
    const auto level = static_cast<Severity>(message.level);
    const std::string_view severity = ToString(level);
    const std::string_view fields(message.payload.data(), message.payload.size());

    const size_t before = line.size();
    line.resize(before + kMostOfEnvelope + fields.size());
    char* at = line.data() + before;
    if (format_ == LogFormat::kJson) {
      at = Put(Put(at, R"({"timestamp":")"), time);
      at = Put(Put(at, R"(","severity":")"), severity);
      at = Put(Put(Put(at, "\""), fields), "}\n");
    } else {
      constexpr std::string_view kNoColor = "\033[m";
      constexpr std::string_view kColumn = "         ";  // as wide as " WARNING "
      at = Put(Put(at, time), " ");
      if (colors_) at = Put(at, ColorOf(level));
      at = Put(at, severity);
      if (colors_) at = Put(at, kNoColor);
      at = Put(at, kColumn.substr(1 + severity.size()));
      at = Put(Put(at, fields), "\n");
    }
    line.resize(static_cast<size_t>(at - line.data()));
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<Envelope>(format_, colors_);
  }

 private:
  const LogFormat format_;
  const bool colors_;
};

}  // namespace

// Never waits for the reader of the log, unlike spdlog's own sinks. Formatter and writer are
// thread-safe, so there is no lock here.
class DescriptorSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit DescriptorSink(int fd) : writer_(fd) {}

  LineWriter& writer() { return writer_; }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    // The memory is reused, so that a line allocates nothing.
    thread_local spdlog::memory_buf_t line;
    line.clear();
    formatter_->format(message, line);
    writer_.Write({line.data(), line.size()});
  }
  void flush_() override {
    constexpr std::chrono::seconds kFlushTime{1};
    writer_.Flush(kFlushTime);
  }

  LineWriter writer_;
};

Log::Log(const Options& options) : format_(options.format) {
  std::shared_ptr<spdlog::sinks::sink> sink = options.sink;
  if (!sink) {
    to_fd_ = std::make_shared<DescriptorSink>(options.fd);
    sink = to_fd_;
  }
  logger_ = std::make_unique<spdlog::logger>("gateway", std::move(sink));
  logger_->set_formatter(
      std::make_unique<Envelope>(options.format, !options.sink && HasColors(options.fd)));
  logger_->set_level(ToLevel(options.min_severity));
}

Log::~Log() { Flush(); }

void Log::SetMinSeverity(Severity severity) { logger_->set_level(ToLevel(severity)); }

bool Log::Enabled(Severity severity) const { return logger_->should_log(ToLevel(severity)); }

void Log::Write(const LogLine& line) {
  Pass(line);
  CountDropped();
  if (!loss_is_unsaid()) return;
  constexpr std::chrono::seconds kInterval{1};
  const std::unique_lock lock(loss_mutex_, std::try_to_lock);
  const TimePoint now = std::chrono::steady_clock::now();
  if (!lock || now < next_loss_line_) return;
  next_loss_line_ = now + kInterval;
  SayLoss();
}

void Log::Pass(const LogLine& line) {
  const std::string_view fields = line.fields();
  logger_->log(ToLevel(line.severity_), spdlog::string_view_t(fields.data(), fields.size()));
}

void Log::CountDropped() {
  if (const uint64_t dropped = to_fd_ ? to_fd_->writer().TakeDropped() : 0; dropped > 0) {
    dropped_.fetch_add(dropped, std::memory_order_relaxed);
  }
}

void Log::SayLoss() {
  const uint64_t dropped = this->dropped();
  LogLine loss = Line(Severity::kWarning, "log_lines_dropped", "the reader of the log is too slow");
  Pass(loss.Add("lines", dropped - said_.load(std::memory_order_relaxed)));
  CountDropped();
  if (this->dropped() == dropped) said_.store(dropped, std::memory_order_relaxed);
}

void Log::BatchLinesOfThisThread() {
  if (to_fd_) to_fd_->writer().BatchLinesOfThisThread();
}

void Log::WriteBatch() {
  if (to_fd_) to_fd_->writer().WriteBatch();
}

void Log::Flush() {
  logger_->flush();
  const std::lock_guard lock(loss_mutex_);
  CountDropped();
  if (!loss_is_unsaid()) return;
  SayLoss();
  logger_->flush();
}

}  // namespace modelgates::gateway
