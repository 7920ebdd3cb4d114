#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <span>

#include "resilience/retrier.h"

namespace modelgates::gateway {

struct WipeAndDelete {
  void operator()(Outcome* outcome) const;
};

// An outcome whose answer may hold a key: the body is wiped when it goes.
using SecretOutcome = std::unique_ptr<Outcome, WipeAndDelete>;

// What an exchange brought, with the body of its answer in memory of its own. That is wiped when
// the answer goes.
class KeptAnswer {
 public:
  // `memory` must outlive the answer.
  KeptAnswer(Outcome outcome, std::pmr::memory_resource& memory);
  KeptAnswer(const KeptAnswer&) = delete;
  KeptAnswer& operator=(const KeptAnswer&) = delete;
  ~KeptAnswer();

  // As it was given. Each reader has its own, and wipes it.
  SecretOutcome Copy() const;

  // What it takes beside the object itself.
  size_t bytes() const { return bytes_; }

 private:
  Outcome outcome_;  // without the body
  std::pmr::memory_resource& memory_;
  std::span<char> body_;
  size_t bytes_ = 0;
};

}  // namespace modelgates::gateway
