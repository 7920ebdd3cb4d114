#pragma once

#include <string_view>

#include "resilience/retrier.h"
#include "trace/trace_context.h"

namespace modelgates::gateway {

// Observes what concerns an exchange and not a single call, for metrics and traces.
class ExchangeObserver : public AttemptObserver {
 public:
  // The span of the observed call; not valid: it has none.
  virtual TraceContext Span() const { return {}; }
  // The observed call waits for an exchange that the call of span `first` began.
  virtual void OnJoined(const TraceContext& /*first*/) {}
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
