#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "http/http.h"
#include "modelgates/oauth/v1/oauth.pb.h"

namespace modelgates::gateway {

// Default values of the app's header fields, and the names of these fields.
struct UpstreamDefaults {
  std::string http_referer;  // empty, as the next two: none
  std::string x_open_router_title;
  std::string x_open_router_categories;
  // The API kept these names from an earlier brand (REST contract, section 2).
  std::string title_header = "X-OpenRouter-Title";
  std::string categories_header = "X-OpenRouter-Categories";
};

// The REST request of an RPC (REST contract, sections 2 and 3), in the contract's order of fields.
//
// `request` should be validated. If it is not, the result is safe but incomplete: a header that
// cannot be sent is left out, a timestamp out of range is clamped.
//
// A header of the request wins over the default, and an empty one suppresses it. `bearer` is sent
// as "Bearer ..." unless it begins with that word already; an empty one sends no Authorization.
HttpRequest ToHttpRequest(const oauth::v1::CreateAuthCodeRequest& request,
                          const UpstreamDefaults& defaults, const Secret& bearer);
HttpRequest ToHttpRequest(const oauth::v1::ExchangeAuthCodeRequest& request,
                          const UpstreamDefaults& defaults, const Secret& bearer);

struct ReplyReading {
  // False: `reply` is empty. A reply needs a success (2xx), a complete body of well-formed JSON,
  // and in it `data.id` or `key` as a text that is not blank and has no control character. The
  // media type matters as little as the number of the success: the code is spent, and a key that is
  // there is the user's. Only application/problem+json is believed to be none.
  bool ok = false;
  // REST names of other fields that were missing or broke the contract, and were left unset: what
  // was minted is never thrown away for their sake. To be logged and counted.
  std::vector<std::string_view> violations;
};

// Reads a success (REST contract, section 4, success bodies). The body is decoded in place; that of
// an exchange is wiped, because it may hold the key, unless it tells of an error and holds no key.
ReplyReading FromHttpResponse(HttpResponse& response, oauth::v1::CreateAuthCodeResponse& reply);
ReplyReading FromHttpResponse(HttpResponse& response, oauth::v1::ExchangeAuthCodeResponse& reply);

}  // namespace modelgates::gateway
