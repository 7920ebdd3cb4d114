#pragma once

#include <absl/status/statusor.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// The forms of values. Each ...Rule returns the violated rule, to be printed after the value ("must
// be ..."), or nullopt.
using Rule = std::optional<std::string>;

// The rule in the error of a parser or reader.
template <class T>
Rule ToRule(const absl::StatusOr<T>& parsed) {
  if (parsed.ok()) return std::nullopt;
  return std::string(parsed.status().message());
}

// host:port: a name, an IPv4 address, or an IPv6 address in brackets; port 0 to 65535.
Rule HostPortRule(std::string_view text);
// The same, or unix:/path with an absolute path of at most 107 bytes.
Rule ListenRule(std::string_view text);

// A PEM file with certificates that can all be parsed (base/pem_certificates.h).
Rule CaFileRule(std::string_view path);

// A folder whose files can be read now.
Rule FolderRule(std::string_view path);

// A field name (RFC 9110, 5.1) that has no other purpose in a request.
Rule HeaderNameRule(std::string_view text);

// In the largest unit that gives an integer: "500ms", "30s". ParseDuration accepts the result.
std::string PrintDuration(std::chrono::milliseconds duration);

// "30s", "500ms", "1m30s", "1.5h". nullopt: another form, negative, infinite, longer than a year,
// or not a multiple of a millisecond.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);

// `url` without user info and query. It may be invalid.
std::string RedactUrl(std::string_view url);

// `path`, or "<redacted>" if it looks like a key instead of a path.
std::string RedactKeyPath(std::string_view path);

// A value for a message: in quotes, other bytes than printable ASCII escaped, long ones cut.
std::string Quote(std::string_view text);

// As Quote, for a name: without quotes, at most 64 bytes.
std::string Printable(std::string_view name);

}  // namespace modelgates::gateway
