#pragma once

#include "http/http.h"
#include "resilience/backoff.h"
#include "resilience/retry_policy.h"

namespace modelgates::gateway {

// The rows of errors.md that the retrier's tests use, so that they need no RPC.
inline RetryClass ClassifyCreate(const HttpResult& result) {
  if (const auto* error = std::get_if<TransportError>(&result)) {
    return error->failure == TransportFailure::kTlsUntrusted ? RetryClass::kNever
                                                             : RetryClass::kAlways;
  }
  const int status = std::get<HttpResponse>(result).status;
  return status >= 500 || status == 429 || status == 408 ? RetryClass::kAlways : RetryClass::kNever;
}

inline RetryClass ClassifyExchange(const HttpResult& result) {
  if (const auto* error = std::get_if<TransportError>(&result)) {
    if (error->failure == TransportFailure::kTlsUntrusted) return RetryClass::kNever;
    if (error->delivery == Delivery::kNever) return RetryClass::kIfUnsent;
    if (error->failure == TransportFailure::kTimeout) return RetryClass::kNever;
    return error->http_status == 200 ? RetryClass::kNever : RetryClass::kOnceOver;
  }
  const auto& response = std::get<HttpResponse>(result);
  if (response.status == 429 || response.status == 408) return RetryClass::kIfUnsent;
  if (response.status == 503 && ParseRetryAfter(response)) return RetryClass::kIfUnsent;
  return response.status >= 500 ? RetryClass::kOnceOver : RetryClass::kNever;
}

}  // namespace modelgates::gateway
