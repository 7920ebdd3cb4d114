#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// A URL of any scheme, parsed by libcurl.
class CurlUrl {
 public:
  explicit CurlUrl(std::string_view text);

  // CURLUE_OK, or the error of the text, which then has no parts.
  CURLUcode code() const { return code_; }
  // Empty when there is no such part. `flags`: of curl_url_get.
  std::string Part(CURLUPart part, unsigned flags = 0) const;

 private:
  struct Deleter {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
  };
  std::unique_ptr<CURLU, Deleter> url_;
  CURLUcode code_;
};

}  // namespace modelgates::gateway
