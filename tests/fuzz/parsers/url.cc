#include <curl/curl.h>

#include <memory>

#include "base/ascii.h"
#include "fuzz/parsers/targets.h"
#include "http/base_url.h"
#include "redis/redis_url.h"
#include "request/callback_policy.h"

namespace modelgates::gateway {
namespace {

struct CurlUrlFree {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct CurlFree {
  void operator()(char* text) const { curl_free(text); }
};

// libcurl's idea of a URL, as an independent parser's.
class CurlUrl {
 public:
  explicit CurlUrl(const std::string& text) : url_(curl_url()) {
    valid_ = curl_url_set(url_.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) ==
             CURLUE_OK;
  }
  bool valid() const { return valid_; }
  // Empty: there is none.
  std::string Part(CURLUPart part) const {
    char* text = nullptr;
    if (curl_url_get(url_.get(), part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
    const std::unique_ptr<char, CurlFree> owner(text);
    return text;
  }

 private:
  const std::unique_ptr<CURLU, CurlUrlFree> url_;
  bool valid_ = false;
};

std::string BaseUrlBrokenBy(const std::string& text) {
  const auto base = ParseBaseUrl(text);
  if (!base.ok()) return base.status().message().empty() ? "a URL is refused without a rule" : "";
  const CurlUrl theirs(text), origin(base->origin);
  if (!theirs.valid() || !origin.valid()) return "the upstream is no URL";
  for (const CURLUPart part : {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT}) {
    if (!EqualsIgnoringCase(theirs.Part(part), origin.Part(part))) return "another upstream";
  }
  if (!theirs.Part(CURLUPART_USER).empty() || !theirs.Part(CURLUPART_QUERY).empty()) {
    return "an upstream with user or query";
  }
  return {};
}

std::string CallbackBrokenBy(const std::string& text) {
  if (CheckCallbackUrl(text, CallbackPolicy::kDocumented)) return {};
  const CurlUrl theirs(text);
  if (!theirs.valid()) return "a callback that is no URL";
  if (theirs.Part(CURLUPART_SCHEME) != "https") return "a callback without https";
  const std::string port = theirs.Part(CURLUPART_PORT);
  if (port != "443" && port != "3000") return "a callback to another port";
  if (!theirs.Part(CURLUPART_USER).empty()) return "a callback with a user";
  if (!theirs.Part(CURLUPART_FRAGMENT).empty()) return "a callback with a fragment";
  if (CheckCallbackUrl(text, CallbackPolicy::kAny)) return "a wider policy refuses it";
  return {};
}

}  // namespace

std::string UrlBrokenBy(std::string_view bytes) {
  const std::string text(bytes);
  if (std::string broken = BaseUrlBrokenBy(text); !broken.empty()) return broken;
  if (std::string broken = CallbackBrokenBy(text); !broken.empty()) return broken;
  const auto redis = ParseRedisUrl(text);
  if (!redis.ok()) return {};
  const std::string_view password = redis->password.Reveal();
  constexpr size_t kTelling = 12;
  if (password.size() >= kTelling && redis->Shown().find(password) != std::string::npos &&
      redis->authority.find(password) == std::string::npos &&
      redis->user.find(password) == std::string::npos) {
    return "a password is shown";
  }
  return {};
}

}  // namespace modelgates::gateway
