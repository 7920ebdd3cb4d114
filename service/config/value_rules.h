#pragma once

#include <absl/status/statusor.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// Shapes of values. Each ...Rule says what is wrong with `text`, fit to follow the value ("must
// be ..."), or nullopt.
using Rule = std::optional<std::string>;

// That of a parser or reader whose error says the rule.
template <class T>
Rule ToRule(const absl::StatusOr<T>& parsed) {
  if (parsed.ok()) return std::nullopt;
  return std::string(parsed.status().message());
}

// host:port; the host a name or an IPv4 address, an IPv6 address in brackets; port 0 to 65535.
Rule HostPortRule(std::string_view text);

// A PEM file with certificates, all of which can be read now (base/pem_certificates.h).
Rule CaFileRule(std::string_view path);

// A field name (RFC 9110, 5.1) that is not one of those the gateway itself sends.
Rule HeaderNameRule(std::string_view text);

// Shortest whole unit: "500ms", "30s". What ParseDuration takes.
std::string PrintDuration(std::chrono::milliseconds duration);

// "30s", "500ms", "1m30s", "1.5h"; nullopt when it is no such thing, negative, infinite, longer
// than a year, or finer than milliseconds.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);

// `url` without user info and query, whether or not it is a right URL.
std::string RedactUrl(std::string_view url);

// `path`, or "<redacted>" if it is a key that was given instead of a file.
std::string RedactKeyPath(std::string_view path);

// A value for a message: in quotes, bytes other than printable ASCII escaped, a long one cut.
std::string Quote(std::string_view text);

// The same for a name, without the quotes, at most 64 bytes of it.
std::string Printable(std::string_view name);

}  // namespace modelgates::gateway
