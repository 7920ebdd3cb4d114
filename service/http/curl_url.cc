#include "http/curl_url.h"

namespace modelgates::gateway {

CurlUrl::CurlUrl(std::string_view text)
    : url_(curl_url()),
      code_(curl_url_set(url_.get(), CURLUPART_URL, std::string(text).c_str(),
                         CURLU_NON_SUPPORT_SCHEME)) {}

std::string CurlUrl::Part(CURLUPart part, unsigned flags) const {
  char* text = nullptr;
  if (curl_url_get(url_.get(), part, &text, flags) != CURLUE_OK) return {};
  std::string result = text;
  curl_free(text);
  return result;
}

}  // namespace modelgates::gateway
