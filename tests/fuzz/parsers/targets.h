#pragma once

#include <span>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// A parser of bytes from outside, and what has to be true whatever they are.
struct FuzzTarget {
  std::string_view name;  // also of its folder in tests/fuzz/corpus
  // Empty: every promise is kept; else the one that is broken.
  std::string (*broken_by)(std::string_view bytes);
};

std::span<const FuzzTarget> FuzzTargets();

// Each in the file of its name.
std::string AnswerBrokenBy(std::string_view bytes);
std::string CallersFileBrokenBy(std::string_view bytes);
std::string ExchangeRecordBrokenBy(std::string_view bytes);
std::string JsonBrokenBy(std::string_view bytes);
std::string RedactionBrokenBy(std::string_view bytes);
std::string RedisReplyBrokenBy(std::string_view bytes);
std::string ReplyBrokenBy(std::string_view bytes);
std::string RequestBrokenBy(std::string_view bytes);
std::string RetryBrokenBy(std::string_view bytes);
std::string SettingsBrokenBy(std::string_view bytes);
std::string TraceContextBrokenBy(std::string_view bytes);
std::string UrlBrokenBy(std::string_view bytes);

}  // namespace modelgates::gateway
