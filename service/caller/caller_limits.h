#pragma once

#include <absl/hash/hash.h>
#include <absl/strings/string_view.h>

#include <array>
#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

#include "base/time.h"
#include "caller/caller_rules.h"

namespace modelgates::gateway {

// Why a call is refused before it is admitted.
enum class CallerRefusal : uint8_t {
  kNotAllowed,  // no rule is for the caller, or its rule does not allow the method
  kRate,        // more calls a second than its share
  kConcurrent,  // more calls at once than its share
  kCallers,     // as many callers as are counted have calls under way
};

// Holds each caller to its share. Any thread.
//
// Counts at most `max_callers` callers. For one more, the caller that is longest without a call is
// forgotten; it begins again with a whole share. When each of them has a call under way, the new
// one is refused: with more callers counted than calls are admitted, that takes an uneven spread
// over the shards.
class CallerLimits {
 private:
  struct Caller;

 public:
  explicit CallerLimits(size_t max_callers);
  CallerLimits(const CallerLimits&) = delete;
  CallerLimits& operator=(const CallerLimits&) = delete;

  // A call's part of its caller's share, from Enter on until this goes. Empty: of a caller without
  // limits. Must not outlive the limits.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept : caller_(std::exchange(other.caller_, nullptr)) {}
    Place& operator=(Place&& other) noexcept {
      std::swap(caller_, other.caller_);
      return *this;
    }
    ~Place() {
      if (caller_ != nullptr) Leave(*caller_);
    }

    void GiveBack() { const Place given = std::move(*this); }

   private:
    friend class CallerLimits;
    explicit Place(Caller& caller) : caller_(&caller) {}

    Caller* caller_ = nullptr;
  };

  // `caller`: CallerIdentity::text. A refused call takes nothing of the share.
  std::variant<Place, CallerRefusal> Enter(std::string_view caller, const CallerShare& share,
                                           TimePoint now);

  // How many are counted.
  size_t callers() const;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const {
      return absl::Hash<absl::string_view>()({text.data(), text.size()});
    }
  };
  struct Shard;

  // Linked while it has no call under way.
  struct Caller : boost::intrusive::list_base_hook<> {
    Caller(Shard& home, double burst, TimePoint now) : shard(home), tokens(burst), filled(now) {}

    Shard& shard;
    const std::string* text = nullptr;  // its key
    int calls = 0;
    double tokens;
    TimePoint filled;
  };

  // Few threads meet in one.
  struct Shard {
    mutable std::mutex mutex;  // guards what follows
    std::unordered_map<std::string, Caller, Hash, std::equal_to<>> callers;
    boost::intrusive::list<Caller> idle;  // the longest idle first
  };
  static constexpr size_t kShards = 16;

  // Null: there is no room.
  Caller* FindOrAdd(Shard& shard, std::string_view text, double burst, TimePoint now) const;
  static void Leave(Caller& caller);

  const size_t max_per_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace modelgates::gateway
