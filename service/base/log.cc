#include "base/log.h"

#include <fmt/compile.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <ctime>
#include <iterator>

#include "base/line_writer.h"
#include "base/text.h"

namespace modelgates::gateway {
namespace {

// C1 controls, and the two line ends that only Unicode knows: terminals and viewers act on them.
bool IsControl(std::string_view character) {
  return (character.size() == 2 && character[0] == '\xc2' && character[1] < '\xa0') ||
         character == "\u2028" || character == "\u2029";
}

template <class Buffer>
void Append(Buffer& out, std::string_view text) {
  const size_t size = out.size();
  out.resize(size + text.size());
  std::memcpy(out.data() + size, text.data(), text.size());
}

// `value` as `count` digits, with zeros in front.
template <class Buffer>
void AppendDigits(Buffer& out, uint64_t value, size_t count) {
  const size_t size = out.size();
  out.resize(size + count);
  for (char* digit = out.data() + size + count; count > 0; --count) {
    *--digit = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

template <class Buffer>
void AppendEscapedAscii(Buffer& out, char c) {
  switch (c) {
    case '"':
      return Append(out, "\\\"");
    case '\\':
      return Append(out, "\\\\");
    case '\n':
      return Append(out, "\\n");
    case '\r':
      return Append(out, "\\r");
    case '\t':
      return Append(out, "\\t");
    default:
      fmt::format_to(std::back_inserter(out), FMT_COMPILE("\\u{:04x}"), static_cast<unsigned>(c));
  }
}

// `text` as the inside of a JSON string.
template <class Buffer>
void AppendEscaped(Buffer& out, std::string_view text) {
  while (!text.empty()) {
    const size_t plain = PlainPrefix(text);
    Append(out, text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) return;

    const size_t length = CharacterLength(text);
    const std::string_view character = text.substr(0, std::max<size_t>(length, 1));
    if (length == 0) {
      Append(out, "\uFFFD");
    } else if (length == 1) {
      AppendEscapedAscii(out, text.front());
    } else if (IsControl(character)) {
      const unsigned low = static_cast<unsigned char>(character.back());
      const unsigned code = length == 2 ? low : 0x2028 + (low - 0xa8);
      fmt::format_to(std::back_inserter(out), FMT_COMPILE("\\u{:04x}"), code);
    } else {
      Append(out, character);
    }
    text.remove_prefix(character.size());
  }
}

// The stamp up to the second. Lines come in bunches, and the calendar costs more than all the rest.
struct CachedSecond {
  std::time_t second = -1;
  std::array<char, sizeof("2026-11-23T06:00:00.")> text{};
};

template <class Buffer>
void AppendTimestamp(Buffer& out) {
  using std::chrono::microseconds;
  const auto since_epoch =
      std::chrono::duration_cast<microseconds>(std::chrono::system_clock::now().time_since_epoch());
  const std::time_t second = since_epoch.count() / 1'000'000;
  thread_local CachedSecond cached;
  if (cached.second != second) {
    std::tm calendar{};
    gmtime_r(&second, &calendar);
    std::strftime(cached.text.data(), cached.text.size(), "%FT%T.", &calendar);
    cached.second = second;
  }
  Append(out, {cached.text.data(), cached.text.size() - 1});
  AppendDigits(out, static_cast<uint64_t>(since_epoch.count() % 1'000'000), 6);
  Append(out, "Z");
}

// True when a terminal reader needs no quotes to see where `value` ends.
bool IsWord(std::string_view value) {
  return !value.empty() && PlainPrefix(value) == value.size() &&
         value.find_first_of(" =") == std::string_view::npos;
}

spdlog::level::level_enum ToSpdlog(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return spdlog::level::debug;
    case Severity::kInfo:
      return spdlog::level::info;
    case Severity::kWarning:
      return spdlog::level::warn;
    case Severity::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

// Writes lines as they are, and never waits for their reader, which spdlog's own sink does. The
// writer has a lock of its own.
class DescriptorSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit DescriptorSink(int fd) : writer_(fd) {}

  uint64_t TakeDropped() { return writer_.TakeDropped(); }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    writer_.Write({message.payload.data(), message.payload.size()});
  }
  void flush_() override {
    constexpr std::chrono::seconds kPatience{1};
    writer_.Flush(kPatience);
  }

  LineWriter writer_;
};

}  // namespace

LogLine::LogLine(LogFormat format, Severity severity, std::string_view event,
                 std::string_view message)
    : format_(format), severity_(severity) {
  if (format_ == LogFormat::kText) {
    AppendTimestamp(buffer_);
    fmt::format_to(std::back_inserter(buffer_), FMT_COMPILE(" {:<7} "), ToString(severity));
    AppendEscaped(buffer_, event);
    Append(buffer_, ": ");
    AppendEscaped(buffer_, message);
    return;
  }
  Append(buffer_, R"({"timestamp":")");
  AppendTimestamp(buffer_);
  Append(buffer_, R"(","severity":")");
  Append(buffer_, ToString(severity));
  Append(buffer_, "\"");
  Add("event", event);
  Add("message", message);
}

LogLine& LogLine::Add(std::string_view name, std::string_view value) {
  AppendName(name);
  if (format_ == LogFormat::kText && IsWord(value)) {
    Append(buffer_, value);
    return *this;
  }
  Append(buffer_, "\"");
  AppendEscaped(buffer_, value);
  Append(buffer_, "\"");
  return *this;
}

LogLine& LogLine::AddBare(std::string_view name, std::string_view value) {
  AppendName(name);
  Append(buffer_, value);
  return *this;
}

LogLine& LogLine::AddMilliseconds(std::string_view name, Duration value) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(value).count();
  AddSigned(name, micros / 1000);
  Append(buffer_, ".");
  AppendDigits(buffer_, static_cast<uint64_t>(micros % 1000), 3);
  return *this;
}

LogLine& LogLine::AddSigned(std::string_view name, int64_t value) {
  AppendName(name);
  fmt::format_to(std::back_inserter(buffer_), FMT_COMPILE("{}"), value);
  return *this;
}

LogLine& LogLine::AddUnsigned(std::string_view name, uint64_t value) {
  AppendName(name);
  fmt::format_to(std::back_inserter(buffer_), FMT_COMPILE("{}"), value);
  return *this;
}

void LogLine::AppendName(std::string_view name) {
  const bool json = format_ == LogFormat::kJson;
  Append(buffer_, json ? ",\"" : " ");
  Append(buffer_, name);
  Append(buffer_, json ? "\":" : "=");
}

std::string_view LogLine::Finish() {
  if (format_ == LogFormat::kJson) buffer_.push_back('}');
  return {buffer_.data(), buffer_.size()};
}

Log::Log(const Options& options) : min_severity_(options.min_severity), format_(options.format) {
  std::shared_ptr<spdlog::sinks::sink> sink = options.sink;
  if (!sink) {
    auto to_fd = std::make_shared<DescriptorSink>(options.fd);
    take_dropped_ = [to_fd] { return to_fd->TakeDropped(); };
    sink = std::move(to_fd);
  }
  logger_ = std::make_unique<spdlog::logger>("gateway", std::move(sink));
  logger_->set_pattern("%v");
  logger_->set_level(spdlog::level::trace);
}

Log::~Log() { Flush(); }

void Log::Write(LogLine& line) {
  if (!Enabled(line.severity_)) return;
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

void Log::Pass(LogLine& line) {
  const std::string_view text = line.Finish();
  logger_->log(ToSpdlog(line.severity_), spdlog::string_view_t(text.data(), text.size()));
}

void Log::CountDropped() {
  if (const uint64_t dropped = take_dropped_ ? take_dropped_() : 0; dropped > 0) {
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

void Log::Flush() {
  logger_->flush();
  const std::lock_guard lock(loss_mutex_);
  CountDropped();
  if (!loss_is_unsaid()) return;
  SayLoss();
  logger_->flush();
}

}  // namespace modelgates::gateway
