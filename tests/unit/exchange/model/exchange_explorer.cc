#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <string_view>

#include "unit/exchange/model/exchange_model.h"

namespace modelgates::gateway::model {
namespace {

struct Bytes {
  size_t operator()(const State& state) const {
    return std::hash<std::string_view>()({reinterpret_cast<const char*>(&state), sizeof(state)});
  }
};

// Gateways are alike: of two states that differ only in which is the first, the one with the
// smaller bytes.
State Canonical(const State& state) {
  State swapped = state;
  std::swap(swapped.gateways[0], swapped.gateways[1]);
  std::swap(swapped.attempts[0], swapped.attempts[1]);
  std::swap(swapped.orphans[0], swapped.orphans[1]);
  for (Caller& caller : swapped.callers) {
    if (caller == Caller::kAtFirst) {
      caller = Caller::kAtSecond;
    } else if (caller == Caller::kAtSecond) {
      caller = Caller::kAtFirst;
    }
  }
  std::sort(swapped.callers.begin(), swapped.callers.end());
  return std::memcmp(&swapped, &state, sizeof(state)) < 0 ? swapped : state;
}

// Breadth first, so that the first trace to a state is a shortest one.
class Explorer {
 public:
  explicit Explorer(const Protocol& protocol) : protocol_(protocol) { Find(State(), {}); }

  Explored Run(std::optional<Promise> wanted) {
    for (uint32_t at = 0; at < found_.size(); ++at) {
      const State from = found_[at].state;
      for (const Move& move : MovesFrom(from, protocol_)) {
        ++moves_;
        const Origin origin{at, move.act, move.fate, move.gateway};
        for (const Promise broken : move.broken) {
          if (!wanted || broken == *wanted) return Broken(broken, origin);
        }
        const uint32_t to = Find(move.to, origin);
        if (move.is_progress) progress_.emplace_back(to, at);
      }
    }
    const Promise answered = Promise::kEveryoneIsAnswered;
    const std::optional<uint32_t> stuck = FirstStuck();
    if (stuck && (!wanted || *wanted == answered)) {
      return Broken(answered, found_[*stuck].origin);
    }
    return {found_.size(), moves_, std::nullopt, {}};
  }

 private:
  struct Origin {
    uint32_t from = 0;
    Act act{};
    Fate fate{};
    int gateway = -1;
  };
  struct Visit {
    State state;
    Origin origin;
  };

  uint32_t Find(const State& reached, const Origin& origin) {
    const State state = Canonical(reached);
    const auto [place, is_new] = indices_.emplace(state, static_cast<uint32_t>(found_.size()));
    if (is_new) found_.push_back({state, origin});
    return place->second;
  }

  Explored Broken(Promise promise, const Origin& origin) const {
    Explored explored{found_.size(), moves_, promise, {}};
    const auto add = [&](const Origin& it) {
      explored.trace.push_back(NameOf(it.act, it.fate, it.gateway));
    };
    add(origin);
    for (uint32_t at = origin.from; at != 0; at = found_[at].origin.from) add(found_[at].origin);
    std::reverse(explored.trace.begin(), explored.trace.end());
    return explored;
  }

  // The first state from which no progress leads to one where every caller is answered.
  std::optional<uint32_t> FirstStuck() {
    std::sort(progress_.begin(), progress_.end());
    std::vector<bool> leads(found_.size());
    std::vector<uint32_t> open;
    for (uint32_t at = 0; at < found_.size(); ++at) {
      const auto& callers = found_[at].state.callers;
      leads[at] = std::count(callers.begin(), callers.end(), Caller::kAnswered) == kCallers;
      if (leads[at]) open.push_back(at);
    }
    while (!open.empty()) {
      const uint32_t to = open.back();
      open.pop_back();
      for (auto edge = std::lower_bound(progress_.begin(), progress_.end(), std::pair(to, 0u));
           edge != progress_.end() && edge->first == to; ++edge) {
        if (leads[edge->second]) continue;
        leads[edge->second] = true;
        open.push_back(edge->second);
      }
    }
    const auto stuck = std::find(leads.begin(), leads.end(), false);
    if (stuck == leads.end()) return std::nullopt;
    return static_cast<uint32_t>(stuck - leads.begin());
  }

  const Protocol& protocol_;
  std::vector<Visit> found_;
  absl::flat_hash_map<State, uint32_t, Bytes> indices_;
  std::vector<std::pair<uint32_t, uint32_t>> progress_;  // to, from
  size_t moves_ = 0;
};

}  // namespace

Explored Explore(const Protocol& protocol, std::optional<Promise> wanted) {
  return Explorer(protocol).Run(wanted);
}

}  // namespace modelgates::gateway::model
