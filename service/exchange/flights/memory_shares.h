#pragma once

#include <absl/container/node_hash_map.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace modelgates::gateway {

// Divides what may be remembered of exchanges among callers, so that none takes it all. A caller
// may take four times what it leaves free: one caller alone four fifths of everything, a second one
// four fifths of the rest. Counts only what is not dropped to make room. Loop thread only.
class MemoryShares {
 private:
  struct Taken {
    size_t exchanges = 0;
    size_t bytes = 0;
  };
  using Parties = absl::node_hash_map<std::string, Taken>;

 public:
  struct Bounds {
    size_t max_exchanges;
    size_t max_bytes;
  };

  explicit MemoryShares(const Bounds& bounds) : bounds_(bounds) {}
  MemoryShares(const MemoryShares&) = delete;
  MemoryShares& operator=(const MemoryShares&) = delete;

  // What one exchange takes of its caller's share, until it is given back or destroyed. Must not
  // outlive the MemoryShares.
  class Share {
   public:
    Share() = default;
    Share(Share&& other) noexcept
        : shares_(std::exchange(other.shares_, nullptr)),
          party_(other.party_),
          bytes_(std::exchange(other.bytes_, 0)) {}
    Share& operator=(Share&& other) noexcept {
      std::swap(shares_, other.shares_);
      std::swap(party_, other.party_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Share() { GiveBack(); }

    void SetBytes(size_t bytes);
    void GiveBack();
    // Whether the caller may have so many bytes more.
    bool Allows(size_t bytes) const;

   private:
    friend class MemoryShares;
    Share(MemoryShares& shares, Parties::value_type& party) : shares_(&shares), party_(&party) {}

    MemoryShares* shares_ = nullptr;
    Parties::value_type* party_ = nullptr;
    size_t bytes_ = 0;
  };

  // For one exchange more of this caller, whose name is not empty. Nullopt: it has its share.
  std::optional<Share> Take(std::string_view party);

 private:
  const Bounds bounds_;
  Taken all_;
  Parties parties_;
};

}  // namespace modelgates::gateway
