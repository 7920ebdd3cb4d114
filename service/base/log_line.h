#pragma once

#include <fmt/format.h>

#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "base/log_options.h"
#include "base/log_table.h"
#include "base/secret.h"
#include "base/time.h"

namespace modelgates::gateway {

// The fields of one log line while it is built, made by Log::Line. Text is appended to one buffer;
// a line of usual length (see kInlineBytes) allocates nothing.
//
// Values may contain any bytes: control characters are escaped, invalid UTF-8 becomes U+FFFD.
// Names are literals of the table of fields.
class LogLine {
 public:
  LogLine(const LogLine&) = delete;
  LogLine& operator=(const LogLine&) = delete;

  LogLine& Add(LogField name, std::string_view value);
  LogLine& Add(LogField name, const char* value) { return Add(name, std::string_view(value)); }

  template <class T>
  requires std::is_integral_v<T> LogLine& Add(LogField name, T value) {
    if constexpr (std::same_as<T, bool>) {
      return AddBare(name, value ? "true" : "false");
    } else {
      const fmt::format_int digits(value);
      return AddBare(name, {digits.data(), digits.size()});
    }
  }

  // With microseconds as decimals, e.g. 12.345. Not negative.
  LogLine& AddMilliseconds(LogField name, Duration value);

  // A secret never reaches the log, not even its length.
  LogLine& Add(LogField name, const Secret& value) = delete;

 private:
  friend class Log;

  static constexpr size_t kInlineBytes = 1024;

  LogLine(LogFormat format, Severity severity, LogEvent event, std::string_view message);

  // `value` is JSON already.
  LogLine& AddBare(LogField name, std::string_view value);
  void AppendName(std::string_view name);
  void AppendQuoted(std::string_view value);
  void AppendEscaped(std::string_view text);
  void Append(std::string_view text);
  // Extends the buffer and returns the start of its new part.
  char* Extend(size_t size);

  std::string_view fields() const { return {buffer_.data(), buffer_.size()}; }

  const LogFormat format_;
  const Severity severity_;
  fmt::basic_memory_buffer<char, kInlineBytes> buffer_;
};

}  // namespace modelgates::gateway
