#pragma once

#include <utility>

#include "exchange/flights/exchange_registry.h"
#include "unit/resilience/table_classifiers.h"

namespace modelgates::gateway {

inline CodeFate FateByTable(const Outcome& outcome) {
  const auto unless_sent = [&](CodeFate fate) {
    return HasUnknownAttempt(outcome) ? CodeFate::kUnknown : fate;
  };
  if (const auto* error = std::get_if<TransportError>(&outcome.last)) {
    if (error->failure == TransportFailure::kCancelled) return unless_sent(CodeFate::kUnsent);
    if (error->delivery == Delivery::kNever) return unless_sent(CodeFate::kUnsent);
    return error->http_status == 200 ? CodeFate::kSpent : CodeFate::kUnknown;
  }
  const int status = std::get<HttpResponse>(outcome.last).status;
  if (status == 200) return CodeFate::kSpent;
  if (RetryClassOfExchange(outcome.last) == RetryClass::kIfUnsent) {
    return unless_sent(CodeFate::kUnsent);
  }
  return status < 500 ? unless_sent(CodeFate::kRejected) : CodeFate::kUnknown;
}

// An ExchangeReader that knows what errors.md says of the code in the cases that the tests use. Any
// body of a 200 but "unreadable" is a key.
inline ExchangeResult ReadByTable(Outcome outcome, ExchangeObserver* /*observer*/) {
  auto* response = std::get_if<HttpResponse>(&outcome.last);
  if (response != nullptr && response->status == 200 && response->body != "unreadable") {
    ApiKey key;
    key.key = Secret(std::string_view(response->body));
    key.attempts = outcome.attempts;
    Wipe(response->body);
    return key;
  }
  ExchangeFailure failure;
  failure.fate = FateByTable(outcome);
  failure.outcome = std::make_shared<WipedOutcome>(std::move(outcome));
  return failure;
}

}  // namespace modelgates::gateway
