#pragma once

#include <cstddef>
#include <memory_resource>
#include <span>

#include "exchange/exchange_result.h"

namespace modelgates::gateway {

// The result of an exchange while it is kept. A key is in separate memory, which is wiped when the
// result is destroyed.
class KeptResult {
 public:
  // `memory` must outlive the result.
  KeptResult(ExchangeResult result, std::pmr::memory_resource& memory);
  KeptResult(const KeptResult&) = delete;
  KeptResult& operator=(const KeptResult&) = delete;
  ~KeptResult();

  // A copy of the result. Each caller wipes its copy of the key.
  ExchangeResult Copy() const;

  // Null: it is a key.
  const ExchangeFailure* failure() const { return std::get_if<ExchangeFailure>(&result_); }

  // False: the gateway itself ended the exchange.
  bool is_upstreams() const { return failure() == nullptr || failure()->outcome != nullptr; }

  // Size in bytes, without the object itself.
  size_t bytes() const { return bytes_; }

 private:
  ExchangeResult result_;  // a key is not in here
  std::pmr::memory_resource& memory_;
  std::span<char> key_;
  size_t bytes_ = 0;
};

}  // namespace modelgates::gateway
