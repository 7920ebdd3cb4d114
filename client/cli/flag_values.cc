#include "flag_values.h"

#include <fcntl.h>
#include <google/protobuf/util/time_util.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstring>

#include "advice.h"
#include "stdin_line.h"

namespace modelgates::oauth::cli {
namespace {

using google::protobuf::util::TimeUtil;

constexpr size_t kMaxSecretBytes = 64 * 1024;

bool ReadAll(const std::string& path, std::string& text) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  text.resize(kMaxSecretBytes);
  size_t size = 0;
  ssize_t count = 0;
  while (size < text.size() && (count = read(fd, text.data() + size, text.size() - size)) > 0) {
    size += static_cast<size_t>(count);
  }
  close(fd);
  text.resize(size);
  return count >= 0;
}

// What a person is asked for, on a terminal.
std::string PromptFor(const std::string& flag) {
  if (flag == "code") return "authorization code (not shown): ";
  if (flag == "code-verifier") return "code verifier (not shown): ";
  return "API key (not shown): ";
}

Error Interrupted() {
  Error error;
  error.grpc_code = GrpcCode::kCancelled;
  error.origin = ErrorOrigin::kCaller;
  error.reason_name = kNothingSent;
  error.message = "ended before anything was sent";
  return error;
}

// ASCII, the no-break space, the zero width space, and the byte order mark.
constexpr std::string_view kBlanks[] = {" ",  "\t",       "\r",           "\n",          "\v",
                                        "\f", "\xc2\xa0", "\xe2\x80\x8b", "\xef\xbb\xbf"};

// "https://app.example/cb?code=...", or its query alone.
bool IsRedirect(std::string_view text) {
  return text.find("://") != std::string_view::npos || text.starts_with("code=") ||
         text.find("?code=") != std::string_view::npos ||
         text.find("&code=") != std::string_view::npos;
}

}  // namespace

std::string_view TrimPasted(std::string_view text) {
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view blank : kBlanks) {
      if (text.starts_with(blank)) {
        text.remove_prefix(blank.size());
        again = true;
      } else if (text.ends_with(blank)) {
        text.remove_suffix(blank.size());
        again = true;
      }
    }
  }
  return text;
}

Error WrongFlag(const std::string& flag, const std::string& rule) {
  Error error;
  error.reason = ErrorReason::kFieldInvalid;
  error.reason_name = ToString(error.reason);
  error.grpc_code = GrpcCode::kInvalidArgument;
  error.origin = ErrorOrigin::kCaller;
  error.message = "a flag has a value that cannot be used";
  error.field_violations = {{"--" + flag, rule}};
  return error;
}

Result<std::chrono::nanoseconds> ParseDuration(const std::string& flag, const std::string& text) {
  static const std::map<std::string, double> kSeconds = {
      {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}};
  constexpr double kMost = 1e9;
  double seconds = NAN;
  try {
    std::string number = text;
    const CLI::AsNumberWithUnit to_seconds(kSeconds);
    to_seconds(number);
    if (!CLI::detail::lexical_cast(number, seconds)) seconds = NAN;
  } catch (const CLI::Error&) {
    // Ignored, because its text describes the parser, not the mistake.
  }
  if (!(std::abs(seconds) <= kMost)) {
    return WrongFlag(flag,
                     "must be a duration like 500ms, 1.5s, 2m or 1h; a number alone is seconds");
  }
  return std::chrono::nanoseconds(std::llround(seconds * 1e9));
}

Result<Time> ParseTime(const std::string& flag, const std::string& text) {
  google::protobuf::Timestamp timestamp;
  if (!TimeUtil::FromString(text, &timestamp)) {
    return WrongFlag(flag, "must be a time like 2027-12-31T23:59:59Z");
  }
  return Time(
      std::chrono::seconds(timestamp.seconds()) +
      std::chrono::floor<std::chrono::microseconds>(std::chrono::nanoseconds(timestamp.nanos())));
}

std::string FormatTime(Time time) {
  return TimeUtil::ToString(TimeUtil::MicrosecondsToTimestamp(time.time_since_epoch().count()));
}

Result<SecretText> ReadSecret(const std::string& flag, const std::string& text,
                              const std::stop_token& stop) {
  std::string secret;
  if (text == "-") {
    const LineRead read = ReadLineOfStdin(PromptFor(flag), stop, secret);
    if (read == LineRead::kStopped) return Interrupted();
    if (read == LineRead::kNone) return WrongFlag(flag, "found no line on stdin");
  } else if (text.starts_with('@')) {
    if (!ReadAll(text.substr(1), secret)) {
      return WrongFlag(flag, "cannot read " + text.substr(1) + ": " + std::strerror(errno));
    }
  } else {
    secret = text;
  }
  return SecretText(TrimPasted(secret));
}

Result<SecretText> ReadPasted(const std::string& flag, const std::string& text,
                              const std::stop_token& stop) {
  Result<SecretText> read = ReadSecret(flag, text, stop);
  if (!read.ok()) return read;
  const std::string_view secret = read->Reveal();
  if (secret.empty()) return WrongFlag(flag, "is empty");
  if (IsRedirect(secret)) {
    return WrongFlag(flag,
                     "is a whole URL: give the value of its code parameter alone, without what "
                     "follows the next &");
  }
  const bool visible =
      std::all_of(secret.begin(), secret.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (!visible) {
    return WrongFlag(flag, "has a line break, a control character, or one that is not ASCII");
  }
  return read;
}

}  // namespace modelgates::oauth::cli
