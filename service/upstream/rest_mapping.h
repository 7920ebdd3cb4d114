#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "http/http.h"
#include "modelgates/oauth/v1/oauth.pb.h"
#include "upstream/rpc.h"

namespace modelgates::gateway {

// Default values of the app's header fields, and the names of these fields.
struct UpstreamDefaults {
  std::string http_referer;  // empty: none; also the next two
  std::string x_open_router_title;
  std::string x_open_router_categories;
  // The API kept these names from an earlier brand (REST contract, section 2).
  std::string title_header = "X-OpenRouter-Title";
  std::string categories_header = "X-OpenRouter-Categories";
};

// The path of an RPC below the base URL (REST contract, section 3).
constexpr std::string_view PathOf(Rpc rpc) {
  return rpc == Rpc::kCreateAuthCode ? "/auth/keys/code" : "/auth/keys";
}

// The REST request of an RPC (REST contract, sections 2 and 3), in the contract's order of fields.
//
// `request` should be validated. Otherwise a header that cannot be sent is left out, and a
// timestamp out of range is clamped.
//
// A header of the request has precedence over the default; an empty one suppresses it. `bearer` is
// sent as "Bearer ..." unless it begins with that word; an empty one sends no Authorization.
HttpRequest ToHttpRequest(const oauth::v1::CreateAuthCodeRequest& request,
                          const UpstreamDefaults& defaults, const Secret& bearer);
HttpRequest ToHttpRequest(const oauth::v1::ExchangeAuthCodeRequest& request,
                          const UpstreamDefaults& defaults, const Secret& bearer);

struct ReplyReading {
  // False: `reply` is empty. A reply needs any success (2xx), a complete body of well-formed JSON,
  // and in it `data.id` or `key` as a text that is not blank and has no control character. Any
  // media type but application/problem+json is accepted, because the code is spent and the user
  // needs the key.
  bool ok = false;
  // REST names of other fields that were missing or broke the contract. They are left unset; the
  // reply is used without them. To be logged and counted.
  std::vector<std::string_view> violations;
};

// Reads a success (REST contract, section 4, success bodies). The body is decoded in place. The
// body of an exchange may contain the key and is wiped, unless it has an error and no key.
ReplyReading FromHttpResponse(HttpResponse& response, oauth::v1::CreateAuthCodeResponse& reply);
ReplyReading FromHttpResponse(HttpResponse& response, oauth::v1::ExchangeAuthCodeResponse& reply);

}  // namespace modelgates::gateway
