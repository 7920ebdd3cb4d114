#pragma once

#include "http/http.h"
#include "resilience/backoff.h"
#include "resilience/classification.h"

namespace modelgates::gateway {

// The rows of errors.md that the retrier's tests use, so that they need no RPC.
inline RetryClass RetryClassOfCreate(const HttpResult& result) {
  if (const auto* error = std::get_if<TransportError>(&result)) {
    return error->failure == TransportFailure::kTlsUntrusted ? RetryClass::kNever
                                                             : RetryClass::kAlways;
  }
  const int status = std::get<HttpResponse>(result).status;
  if (status == 401) return RetryClass::kFinal;
  return status >= 500 || status == 429 || status == 408 ? RetryClass::kAlways : RetryClass::kNever;
}

inline RetryClass RetryClassOfExchange(const HttpResult& result) {
  if (const auto* error = std::get_if<TransportError>(&result)) {
    if (error->failure == TransportFailure::kTlsUntrusted) return RetryClass::kNever;
    if (error->delivery == Delivery::kNever) return RetryClass::kIfUnsent;
    if (error->failure == TransportFailure::kTimeout) return RetryClass::kNever;
    return error->http_status == 200 ? RetryClass::kNever : RetryClass::kUnknownOutcome;
  }
  const auto& response = std::get<HttpResponse>(result);
  if (response.status == 401) return RetryClass::kFinal;
  if (response.status == 429 || response.status == 408) return RetryClass::kIfUnsent;
  const bool may_come_later = response.status == 503 || response.status == 529;
  if (may_come_later && ParseRetryAfter(response)) return RetryClass::kIfUnsent;
  return response.status >= 500 ? RetryClass::kUnknownOutcome : RetryClass::kNever;
}

inline Health HealthOf(const HttpResult& result) {
  if (const auto* error = std::get_if<TransportError>(&result)) {
    return error->failure == TransportFailure::kCancelled ? Health::kUnknown : Health::kFails;
  }
  return std::get<HttpResponse>(result).status >= 500 ? Health::kFails : Health::kWorks;
}

// As the reason of a result stands its status, 0 without an answer.
inline int ReasonOf(const HttpResult& result) {
  const auto* response = std::get_if<HttpResponse>(&result);
  return response == nullptr ? 0 : response->status;
}

inline Classification ClassifyCreate(const HttpResult& result) {
  return {RetryClassOfCreate(result), HealthOf(result), ReasonOf(result)};
}

inline Classification ClassifyExchange(const HttpResult& result) {
  return {RetryClassOfExchange(result), HealthOf(result), ReasonOf(result)};
}

}  // namespace modelgates::gateway
