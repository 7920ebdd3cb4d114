#include "unit/exchange/model/exchange_moves.h"

#include <algorithm>

namespace modelgates::gateway::model {
namespace {

void Set(State& state, size_t caller, Caller next) {
  state.callers[caller] = next;
  std::sort(state.callers.begin(), state.callers.end());
}

// The first caller that is in this state; kCallers: none.
size_t CallerThatIs(Caller wanted, const State& state) {
  const auto found = std::find(state.callers.begin(), state.callers.end(), wanted);
  return static_cast<size_t>(found - state.callers.begin());
}

}  // namespace

bool HasWaiters(const State& state, int g) { return CallerThatIs(At(g), state) < kCallers; }

std::vector<Move> MovesFrom(const State& from, const Protocol& protocol) {
  return Moves(from, protocol).All();
}

std::vector<Move> Moves::All() {
  CallersMove();
  for (int g = 0; g < kGateways; ++g) {
    GatewayMoves(g);
    if (faults().gateways_crash) Crash(g);
  }
  UpstreamMoves();
  StoreMoves();
  // A step without effect is none.
  std::erase_if(moves_,
                [this](const Move& move) { return move.to == from_ && move.broken.empty(); });
  return std::move(moves_);
}

State& Moves::Add(Act act, int gateway) {
  moves_.push_back({.act = act, .gateway = gateway, .to = from_, .told = {}, .broken = {}});
  return moves_.back().to;
}

State& Moves::AddFault(Act act, int gateway, Fate fate) {
  State& state = Add(act, gateway);
  moves_.back().fate = fate;
  moves_.back().is_progress = false;
  return state;
}

void Moves::Break(Promise promise) { moves_.back().broken.push_back(promise); }

// False: without a store that keeps what it is told, a gateway answers for itself only.
bool Moves::AnswersForAll() const { return protocol_.fail_closed || !faults().store; }

// ---- What callers are told

void Moves::Tell(const State& state, int g, Told told, bool leaves) {
  moves_.back().told.push_back(told);
  const Gateway& gateway = state.gateways[g];
  // Every caller's code is good. Only an exchange elsewhere of which nobody can know may spoil it.
  const bool is_false = (told == Told::kInvalid && (AnswersForAll() || gateway.unknown)) ||
                        (told == Told::kSpent && !state.spent) ||
                        (told == Told::kUnsent && (gateway.sends > 0 || gateway.seen_elsewhere));
  if (is_false) Break(Promise::kErrorIsTrue);
  const Faults& f = faults();
  const bool only_upstream_fails =
      !(f.store || f.store_forgets || f.leases_end || f.gateways_crash || f.keys_expire);
  if (only_upstream_fails && !leaves && state.key_received && told != Told::kKey) {
    Break(Promise::kAnswerReachesAll);
  }
}

void Moves::TellAll(State& state, int g, Told told) {
  for (Caller& caller : state.callers) {
    if (caller != At(g)) continue;
    Tell(state, g, told);
    caller = Caller::kAnswered;
  }
  std::sort(state.callers.begin(), state.callers.end());
}

// ---- How an exchange ends at a gateway

void Moves::End(State& state, int g, Step last) {
  Gateway& gateway = state.gateways[g];
  Gateway next;
  next.kept = gateway.kept;
  next.replays = gateway.replays;
  next.last_step = gateway.claimed ? last : gateway.last_step;
  next.last_fence = gateway.claimed ? gateway.fence : gateway.last_fence;
  gateway = next;
}

void Moves::EndUnsent(State& state, int g) {
  TellAll(state, g, Told::kUnsent);
  End(state, g, Step::kForget);
}

void Moves::EndUnknown(State& state, int g) {
  TellAll(state, g, Told::kUnknown);
  if (Weak(Weakness::kUnknownIsForgotten)) return End(state, g, Step::kForget);
  state.gateways[g].kept = Kept::kUnknown;
  End(state, g, Step::kFinishUnknown);
}

// The upstream may still receive what the gateway no longer waits for.
void Moves::Abandon(State& state, int g) {
  if (state.attempts[g] == Attempt::kTravels) state.orphans[g] = true;
  state.attempts[g] = Attempt::kNone;
}

// ---- Callers

void Moves::CallersMove() {
  for (int g = 0; g < kGateways; ++g) {
    const size_t comes = CallerThatIs(Caller::kNotYet, from_);
    if (comes < kCallers) Arrive(comes, g);
    const size_t waits = CallerThatIs(At(g), from_);
    if (waits < kCallers && faults().callers_leave) Leave(waits, g);
  }
}

void Moves::Arrive(size_t caller, int g) {
  State& state = Add(Act::kArrive, g);
  Gateway& gateway = state.gateways[g];
  switch (gateway.kept) {
    case Kept::kKey:
      if (--gateway.replays == 0) gateway.kept = Kept::kSpent;
      Tell(state, g, Told::kKey);
      return Set(state, caller, Caller::kAnswered);
    case Kept::kSpent:
      Tell(state, g, Told::kSpent);
      return Set(state, caller, Caller::kAnswered);
    case Kept::kUnknown:
      Tell(state, g, Told::kUnknown);
      return Set(state, caller, Caller::kAnswered);
    case Kept::kNothing:
      break;
  }
  if (gateway.phase == Phase::kIdle) {
    gateway.phase = Phase::kClaim;
    gateway.fence = ++state.fences;
  }
  Set(state, caller, At(g));
}

// By its own choice, or at its deadline.
void Moves::Leave(size_t caller, int g) {
  State& state = AddFault(Act::kLeave, g);
  Gateway& gateway = state.gateways[g];
  const bool on_wire = gateway.phase == Phase::kWire;
  const bool sent = on_wire || gateway.unknown || gateway.looks_sent;
  const bool says_sent = sent && !Weak(Weakness::kLeavingIsUnsent);
  Tell(state, g, says_sent ? Told::kInFlight : Told::kUnsent, true);
  Set(state, caller, Caller::kAnswered);
  if (HasWaiters(state, g)) return;
  if (!sent) return End(state, g, Step::kForget);
  if (!on_wire || !Weak(Weakness::kEndsWithItsCallers)) return;
  Abandon(state, g);
  End(state, g, Step::kForget);
}

// Its callers lose their connections.
void Moves::Crash(int g) {
  State& state = AddFault(Act::kCrash, g);
  std::replace(state.callers.begin(), state.callers.end(), At(g), Caller::kAnswered);
  std::sort(state.callers.begin(), state.callers.end());
  Abandon(state, g);
  state.gateways[g] = Gateway();
}

// ---- The upstream

void Moves::UpstreamMoves() {
  for (int g = 0; g < kGateways; ++g) {
    if (from_.attempts[g] == Attempt::kTravels) {
      State& state = Add(Act::kUpstreamActs, g);
      state.attempts[g] = state.spent ? Attempt::kRefusalComes : Attempt::kKeyComes;
      state.spent = true;
    }
    if (!from_.orphans[g]) continue;
    State& state = Add(Act::kOrphanActs, g);
    state.orphans[g] = false;
    state.spent = true;
    Add(Act::kOrphanIsLost, g).orphans[g] = false;
  }
}

// ---- The store

void Moves::StoreMoves() {
  const Record record = from_.store.record;
  if (from_.store.leased && LeaseMayEnd()) Add(Act::kLeaseEnds, -1).store.leased = false;
  if (faults().keys_expire && record == Record::kKey) {
    AddFault(Act::kStoredKeyEnds, -1).store.record = Record::kNone;
  }
  if (faults().store_forgets) AddFault(Act::kStoreForgets, -1).store = {};
  const LateStep& late = from_.late;
  if (late.step == Step::kNone) return;
  State& state = Add(Act::kLateStep, -1);
  state.late = {};
  if (late.step == Step::kClaim) {
    ClaimFor(state, late.fence, late.overtaken, protocol_.weakness);
  } else {
    Execute(state, late.step, late.fence, late.overtaken, protocol_.weakness);
  }
  if (record != Record::kKey && state.store.record == Record::kKey) {
    state.store.replays = protocol_.replays;
  }
}

// A gateway that works renews its lease in time.
bool Moves::LeaseMayEnd() const {
  const auto holds = [&](const Gateway& gateway) {
    const uint8_t fence = from_.store.fence;
    return (gateway.claimed && gateway.fence == fence) ||
           (gateway.last_step != Step::kNone && gateway.last_fence == fence);
  };
  return faults().leases_end || std::none_of(from_.gateways.begin(), from_.gateways.end(), holds);
}

}  // namespace modelgates::gateway::model
