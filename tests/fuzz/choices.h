#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace modelgates::gateway {

// Where a machine that is driven by chance takes its decisions from: so that a run can be repeated
// and shrunk, and a fuzzer can look for one. 0 is to be the dullest choice.
class Choices {
 public:
  // Chance itself, the same for the same seed.
  explicit Choices(uint32_t seed) : random_(seed), from_seed_(true) {}
  // One byte a choice, zeros after the last.
  explicit Choices(std::span<const uint8_t> bytes) : given_(bytes.begin(), bytes.end()) {}

  // From 0 to `below` - 1; `below` is at most 256.
  int Below(int below) {
    const uint8_t byte = Next();
    taken_.push_back(byte);
    return byte % below;
  }
  // True once in `n`.
  bool OneIn(int n) { return Below(n) == n - 1; }

  // All that were made, as bytes that make them again.
  const std::vector<uint8_t>& taken() const { return taken_; }

 private:
  uint8_t Next() {
    if (from_seed_) return static_cast<uint8_t>(random_() >> 16);
    return taken_.size() < given_.size() ? given_[taken_.size()] : uint8_t{0};
  }

  std::minstd_rand random_;
  const bool from_seed_ = false;
  const std::vector<uint8_t> given_;
  std::vector<uint8_t> taken_;
};

}  // namespace modelgates::gateway
