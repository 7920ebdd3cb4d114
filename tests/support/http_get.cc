#include "support/http_get.h"

#include <httplib.h>

namespace modelgates::gateway {

HttpGetResult HttpGet(const std::string& address, const std::string& path,
                      const std::string& bearer) {
  httplib::Client client("http://" + address);
  if (!bearer.empty()) client.set_bearer_token_auth(bearer);
  const httplib::Result result = client.Get(path);
  if (!result) return {};
  return {result->status, result->body};
}

}  // namespace modelgates::gateway
