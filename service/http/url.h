#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// The parts of an absolute URL of a scheme with an authority (RFC 3986, section 3).
struct Url {
  std::string scheme;  // lower case
  std::string host;    // lower case, percent-decoded; IPv6 in brackets
  int port = 0;        // the scheme's own when none is given; 0 when that is unknown
  std::string path;
  bool has_user_info = false;
  bool has_query = false;     // also an empty one
  bool has_fragment = false;  // also an empty one
};

// nullopt when `text` is no such URL: no scheme, no host, a bad port, anything but visible ASCII.
std::optional<Url> ParseUrl(std::string_view text);

// The two parsers that ParseUrl tries in turn. The first reads the usual URLs of callers: http or
// https, a lower-case host name, an optional port, a path; nullopt: it takes the second to tell,
// which is libcurl's, knows every URL and costs several times as much. They agree on all that the
// first accepts.
std::optional<Url> ParsePlainUrl(std::string_view text);
std::optional<Url> ParseAnyUrl(std::string_view text);

// Whether a request to `url` leaves the machine unencrypted.
bool CrossesNetworkInClear(std::string_view url);

}  // namespace modelgates::gateway
