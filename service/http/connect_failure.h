#pragma once

#include <curl/curl.h>

#include <string>
#include <string_view>

#include "http/http.h"

namespace modelgates::gateway {

// Why there is no connection; `cause` as TransportError::cause.
struct ConnectFailure {
  TransportFailure failure;
  std::string cause{};
  FailureDetail detail = FailureDetail::kNone;
};

// Why libcurl could not connect: `code` and `words` are its own. The cause has the words only.
ConnectFailure ToConnectFailure(CURL* easy, CURLcode code, std::string_view words);

// The last system error of a connection; 0: none.
int ErrnoOf(CURL* easy);

}  // namespace modelgates::gateway
