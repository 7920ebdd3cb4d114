#include "http/base_url.h"

#include "base/ascii.h"
#include "http/curl_url.h"

namespace modelgates::gateway {

absl::StatusOr<BaseUrl> ParseBaseUrl(std::string_view text) {
  if (!IsVisibleAscii(text)) {
    return absl::InvalidArgumentError("must hold visible ASCII characters only");
  }
  // Searched in the text, because libcurl's parser drops an empty query or fragment silently.
  if (text.find('?') != std::string_view::npos) {
    return absl::InvalidArgumentError("must not have a query");
  }
  if (text.find('#') != std::string_view::npos) {
    return absl::InvalidArgumentError("must not have a fragment");
  }
  // libcurl ignores a third slash in "https:///path" and uses "path" as the host.
  const size_t host_at = text.find("://") + 3;
  const bool has_host = host_at < text.size() && text[host_at] != '/';

  const CurlUrl url(text);
  const CURLUcode code = url.code();
  const std::string scheme = url.Part(CURLUPART_SCHEME);
  // libcurl 8 calls an empty text malformed.
  if (text.empty() || code == CURLUE_BAD_SCHEME ||
      (code == CURLUE_OK && scheme != "http" && scheme != "https")) {
    return absl::InvalidArgumentError("must start with http:// or https://");
  }
  if (code == CURLUE_BAD_PORT_NUMBER) return absl::InvalidArgumentError("has a bad port number");
  if (code != CURLUE_OK) return absl::InvalidArgumentError("is not a URL with a host");
  if (!url.Part(CURLUPART_USER).empty() || !url.Part(CURLUPART_PASSWORD).empty()) {
    return absl::InvalidArgumentError("must not have a user or a password");
  }

  const std::string host = url.Part(CURLUPART_HOST);
  if (host.empty() || !has_host) return absl::InvalidArgumentError("is not a URL with a host");
  const std::string port = url.Part(CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (port == "0") return absl::InvalidArgumentError("has a bad port number");

  BaseUrl result;
  result.tls = scheme == "https";
  result.origin = scheme + "://" + host + ":" + port;
  const bool own_port = port == (result.tls ? "443" : "80");
  result.authority = own_port ? host : host + ":" + port;
  result.path = url.Part(CURLUPART_PATH);
  if (result.path.ends_with('/')) result.path.pop_back();
  return result;
}

}  // namespace modelgates::gateway
