#pragma once

#include <string_view>

#include "resilience/retrier.h"

namespace modelgates::gateway {

// Is told of an exchange what is no single call's: for metrics.
class ExchangeObserver : public AttemptObserver {
 public:
  // It was sent and is over, and what it brought is lost: once an exchange, however many wait.
  virtual void OnAnswerLost() {}
  // There is no room to join it, or to remember it.
  virtual void OnMemoryFull() {}
  // The shared store was asked in vain, once or more.
  virtual void OnStoreUnavailable() {}
  // Its answer holds a key, but broke the REST contract in `field`.
  virtual void OnContractViolated(std::string_view /*field*/) {}

 protected:
  ~ExchangeObserver() = default;
};

}  // namespace modelgates::gateway
