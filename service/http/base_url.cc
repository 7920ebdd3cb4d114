#include "http/base_url.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

namespace modelgates::gateway {
namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using UrlPtr = std::unique_ptr<CURLU, UrlDeleter>;

std::string Part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  std::string result = text;
  curl_free(text);
  return result;
}

}  // namespace

absl::StatusOr<BaseUrl> ParseBaseUrl(std::string_view text) {
  const auto is_visible = [](char c) { return c > 0x20 && c < 0x7f; };
  if (!std::all_of(text.begin(), text.end(), is_visible)) {
    return absl::InvalidArgumentError("must hold visible ASCII characters only");
  }
  // Looked for in the text: libcurl's parser drops an empty query or fragment without a word.
  if (text.find('?') != std::string_view::npos) {
    return absl::InvalidArgumentError("must not have a query");
  }
  if (text.find('#') != std::string_view::npos) {
    return absl::InvalidArgumentError("must not have a fragment");
  }
  // libcurl takes "https:///path" for a slash too many and "path" for the host.
  const size_t host_at = text.find("://") + 3;
  const bool has_host = host_at < text.size() && text[host_at] != '/';

  const UrlPtr url(curl_url());
  const std::string terminated(text);
  const CURLUcode code =
      curl_url_set(url.get(), CURLUPART_URL, terminated.c_str(), CURLU_NON_SUPPORT_SCHEME);
  const std::string scheme = Part(url.get(), CURLUPART_SCHEME);
  if (code == CURLUE_BAD_SCHEME || (code == CURLUE_OK && scheme != "http" && scheme != "https")) {
    return absl::InvalidArgumentError("must start with http:// or https://");
  }
  if (code == CURLUE_BAD_PORT_NUMBER) return absl::InvalidArgumentError("has a bad port number");
  if (code != CURLUE_OK) return absl::InvalidArgumentError("is not a URL with a host");
  if (!Part(url.get(), CURLUPART_USER).empty() || !Part(url.get(), CURLUPART_PASSWORD).empty()) {
    return absl::InvalidArgumentError("must not have a user or a password");
  }

  const std::string host = Part(url.get(), CURLUPART_HOST);
  if (host.empty() || !has_host) return absl::InvalidArgumentError("is not a URL with a host");
  const std::string port = Part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (port == "0") return absl::InvalidArgumentError("has a bad port number");

  BaseUrl result;
  result.tls = scheme == "https";
  result.origin = scheme + "://" + host + ":" + port;
  const bool own_port = port == (result.tls ? "443" : "80");
  result.authority = own_port ? host : host + ":" + port;
  result.path = Part(url.get(), CURLUPART_PATH);
  if (result.path.ends_with('/')) result.path.pop_back();
  return result;
}

}  // namespace modelgates::gateway
