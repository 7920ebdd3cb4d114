#include "request/callback_policy.h"

#include "http/url.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

constexpr size_t kMaxBytes = 2048;

constexpr char kDocumentedRule[] =
    "must be https on port 443 or 3000: the gateway's --callback_policy is documented; loopback "
    "also allows http on localhost, 127.0.0.1 and [::1]";
constexpr char kLoopbackRule[] =
    "must be https on port 443 or 3000, or http on localhost, 127.0.0.1 or [::1]: the gateway's "
    "--callback_policy is loopback; any allows every URL";

Violation Wrong(const char* rule, v1::ErrorReason reason) { return {"callback_url", rule, reason}; }
Violation Malformed(const char* rule) { return Wrong(rule, v1::FIELD_INVALID); }
Violation NotAllowed(const char* rule) { return Wrong(rule, v1::CALLBACK_URL_NOT_ALLOWED); }

// The hosts that the API names, which are not all loopback addresses (base/host_port.h).
bool IsDocumentedLocalhost(const std::string& host) {
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

}  // namespace

std::optional<Violation> CheckCallbackUrl(std::string_view text, CallbackPolicy policy) {
  if (text.size() > kMaxBytes) return Malformed("must have at most 2,048 bytes");
  const std::optional<Url> url = ParseUrl(text);
  if (!url) {
    return Malformed(
        "must be an absolute URL with a host, and a port from 1 to 65535 if any, in visible ASCII");
  }
  if (url->has_fragment) return Malformed("must not have a fragment");
  if (url->has_user_info) return Malformed("must not have a user or a password");

  const bool documented = url->scheme == "https" && (url->port == 443 || url->port == 3000);
  const bool loopback = url->scheme == "http" && IsDocumentedLocalhost(url->host);
  if (documented || policy == CallbackPolicy::kAny) return std::nullopt;
  if (policy == CallbackPolicy::kDocumented) return NotAllowed(kDocumentedRule);
  if (loopback) return std::nullopt;
  return NotAllowed(kLoopbackRule);
}

}  // namespace modelgates::gateway
