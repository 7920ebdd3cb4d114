#pragma once

#include <string_view>

#include "resilience/retrier.h"

namespace modelgates::gateway {

// Observes what concerns an exchange and not a single call, for metrics.
class ExchangeObserver : public AttemptObserver {
 public:
  // The exchange was sent and its answer is lost. Called once per exchange, for any number of
  // callers.
  virtual void OnAnswerLost() {}
  // The memory is full: identical calls cannot join, or the result is not kept.
  virtual void OnMemoryFull() {}
  // At least one request to the shared store failed.
  virtual void OnStoreUnavailable() {}
  // Its answer holds a key, but broke the REST contract in `field`.
  virtual void OnContractViolated(std::string_view /*field*/) {}

 protected:
  ~ExchangeObserver() = default;
};

}  // namespace modelgates::gateway
