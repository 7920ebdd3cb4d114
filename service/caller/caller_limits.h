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
#include <vector>

#include "base/time.h"
#include "caller/caller_rules.h"

namespace modelgates::gateway {

// Why a call is refused before it is admitted.
enum class CallerRefusal : uint8_t {
  kNotAllowed,  // no rule matches the caller, or its rule does not allow the method
  kRate,        // above the caller's calls per second
  kConcurrent,  // above the caller's concurrent calls
  kCallers,     // the table of callers is full, and every caller in it has a running call
};

// Limits the calls of each caller to its share. Any thread.
//
// Keeps at most `max_callers` callers. A further caller replaces the one that has been idle for the
// longest time, whose share is then unused again. If all have running calls, the further caller is
// refused. With more callers than admitted calls this is possible only if they are distributed
// unevenly over the shards.
class CallerLimits {
 private:
  struct Caller;

 public:
  explicit CallerLimits(size_t max_callers);
  CallerLimits(const CallerLimits&) = delete;
  CallerLimits& operator=(const CallerLimits&) = delete;

  // One call's part of its caller's share, from Enter until it is destroyed. Empty for a caller
  // without limits. Must not outlive the CallerLimits.
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

  // `caller`: CallerIdentity::text. A refused call does not use the share.
  std::variant<Place, CallerRefusal> Enter(std::string_view caller, const CallerShare& share,
                                           TimePoint now);

  // A caller with the part of its share that is used.
  struct Use {
    std::string caller;
    int calls = 0;  // that run
    CallerShare share;
    double used = 0;  // part of the limit that is nearest, above 0, at most 1
  };
  // The callers that use most of their share, most first, at most `max`.
  std::vector<Use> Busiest(size_t max, TimePoint now) const;

  // Number of callers that are kept.
  size_t callers() const;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const {
      return absl::Hash<absl::string_view>()({text.data(), text.size()});
    }
  };
  struct Shard;

  // In the list `idle` while it has no running call.
  struct Caller : boost::intrusive::list_base_hook<> {
    Caller(Shard& home, double burst, TimePoint now) : shard(home), tokens(burst), filled(now) {}

    Shard& shard;
    const std::string* text = nullptr;  // its key
    int calls = 0;
    CallerShare share;  // of its last call
    double tokens;
    TimePoint filled;
  };

  // One of several, so that threads rarely wait for the same lock.
  struct Shard {
    mutable std::mutex mutex;  // guards what follows
    std::unordered_map<std::string, Caller, Hash, std::equal_to<>> callers;
    boost::intrusive::list<Caller> idle;  // longest idle first
  };
  static constexpr size_t kShards = 16;

  // Null: the shard is full.
  Caller* FindOrAdd(Shard& shard, std::string_view text, double burst, TimePoint now) const;
  static void Leave(Caller& caller);
  static double UsedShare(const Caller& caller, TimePoint now);

  const size_t max_per_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace modelgates::gateway
