#include "base/log_line.h"

#include <fmt/compile.h>

#include <algorithm>
#include <chrono>
#include <iterator>

#include "base/text.h"

namespace modelgates::gateway {
namespace {

// C1 controls and the two line ends of Unicode: terminals and viewers interpret them.
bool IsControl(std::string_view character) {
  return (character.size() == 2 && character[0] == '\xc2' && character[1] < '\xa0') ||
         character == "\u2028" || character == "\u2029";
}

// Whether `value` needs no quotes.
bool IsWord(std::string_view value) {
  return !value.empty() && PlainPrefix(value) == value.size() &&
         value.find_first_of(" =") == std::string_view::npos;
}

}  // namespace

LogLine::LogLine(LogFormat format, Severity severity, LogEvent event, std::string_view message)
    : format_(format), severity_(severity) {
  if (format_ == LogFormat::kJson) {
    Add("event", event.text()).Add("message", message);
    return;
  }
  AppendEscaped(event.text());
  Append(": ");
  AppendEscaped(message);
}

LogLine& LogLine::Add(LogField name, std::string_view value) {
  AppendName(name.text());
  if (format_ == LogFormat::kText && IsWord(value)) {
    Append(value);
  } else {
    AppendQuoted(value);
  }
  return *this;
}

LogLine& LogLine::AddBare(LogField name, std::string_view value) {
  AppendName(name.text());
  Append(value);
  return *this;
}

LogLine& LogLine::AddMilliseconds(LogField name, Duration value) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(value).count();
  Add(name, micros / 1000);
  const auto decimals = static_cast<int>(micros % 1000);
  char* at = Extend(4);
  at[0] = '.';
  at[1] = static_cast<char>('0' + decimals / 100);
  at[2] = static_cast<char>('0' + decimals / 10 % 10);
  at[3] = static_cast<char>('0' + decimals % 10);
  return *this;
}

void LogLine::AppendName(std::string_view name) {
  if (format_ == LogFormat::kJson) {
    Put(Put(Put(Extend(name.size() + 4), ",\""), name), "\":");
  } else {
    Put(Put(Put(Extend(name.size() + 2), " "), name), "=");
  }
}

void LogLine::AppendQuoted(std::string_view value) {
  if (PlainPrefix(value) == value.size()) {
    Put(Put(Put(Extend(value.size() + 2), "\""), value), "\"");
    return;
  }
  Append("\"");
  AppendEscaped(value);
  Append("\"");
}

// Escapes like the content of a JSON string.
void LogLine::AppendEscaped(std::string_view text) {
  while (!text.empty()) {
    const size_t plain = PlainPrefix(text);
    Append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) return;

    constexpr std::string_view kShort = "\"\\\n\r\t";
    constexpr std::string_view kLetters = "\"\\nrt";
    const size_t length = CharacterLength(text);
    const std::string_view character = text.substr(0, std::max<size_t>(length, 1));
    if (length == 0) {
      Append("\uFFFD");
    } else if (const size_t i = kShort.find(character); i != std::string_view::npos) {
      Append("\\");
      Append(kLetters.substr(i, 1));
    } else if (length == 1 || IsControl(character)) {
      const unsigned low = static_cast<unsigned char>(character.back());
      const unsigned code = length == 3 ? 0x2028 + (low - 0xa8) : low;
      fmt::format_to(std::back_inserter(buffer_), FMT_COMPILE("\\u{:04x}"), code);
    } else {
      Append(character);
    }
    text.remove_prefix(character.size());
  }
}

void LogLine::Append(std::string_view text) { Put(Extend(text.size()), text); }

char* LogLine::Extend(size_t size) {
  const size_t before = buffer_.size();
  buffer_.resize(before + size);
  return buffer_.data() + before;
}

}  // namespace modelgates::gateway
