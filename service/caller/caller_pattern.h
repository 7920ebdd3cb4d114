#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "caller/caller_identity.h"
#include "caller/ip_network.h"

namespace modelgates::gateway {

// The `id` of a rule: which callers it is for.
class CallerPattern {
 public:
  // spiffe://DOMAIN/PATH, dns:NAME, address:ADDRESS or address:CIDR; '*' at the end stands for any
  // rest, and for any name or address alone. It cannot stand within a trust domain, whose rest is
  // somebody else's. nullopt: another form.
  static std::optional<CallerPattern> Parse(std::string_view text);

  bool Matches(const CallerIdentity& caller) const;

  // Equal for patterns that are for the same callers. Of a pattern for one caller it is that
  // caller's CallerIdentity::text.
  const std::string& text() const { return text_; }
  bool IsOneCaller() const;

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
  IpNetwork network_{};  // of kAddress
};

}  // namespace modelgates::gateway
