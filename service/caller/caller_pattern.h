#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "caller/caller_identity.h"
#include "caller/ip_network.h"

namespace modelgates::gateway {

// The `id` of a rule: the callers that it matches.
class CallerPattern {
 public:
  // spiffe://DOMAIN/PATH, dns:NAME, address:ADDRESS or address:CIDR. '*' at the end of a path or
  // name matches any text; spiffe://*, dns:* and address:* match every caller of their kind. A part
  // of a trust domain is refused, because other domains may begin with it. nullopt: another form.
  static std::optional<CallerPattern> Parse(std::string_view text);

  bool Matches(const CallerIdentity& caller) const;

  // Equal for patterns that match the same callers. For a pattern that matches one caller it is
  // that caller's CallerIdentity::text.
  const std::string& text() const { return text_; }
  bool IsOneCaller() const;
  // The kind of the callers that it matches.
  CallerIdentity::Kind kind() const { return kind_; }

  friend bool operator==(const CallerPattern& a, const CallerPattern& b) {
    return a.text_ == b.text_;
  }

 private:
  CallerPattern(CallerIdentity::Kind kind, std::string text)
      : kind_(kind), text_(std::move(text)) {}

  static std::optional<CallerPattern> ParseSpiffe(std::string_view text);
  static std::optional<CallerPattern> ParseDns(std::string_view text);
  static std::optional<CallerPattern> ParseAddress(std::string_view text);

  std::string_view prefix() const { return std::string_view(text_).substr(0, text_.size() - 1); }

  CallerIdentity::Kind kind_;
  std::string text_;
  IpNetwork network_{};  // for kAddress
};

}  // namespace modelgates::gateway
