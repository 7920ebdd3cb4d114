#include <algorithm>

#include "unit/exchange/model/exchange_moves.h"

namespace modelgates::gateway::model {

void Moves::GatewayMoves(int g) {
  const Gateway& gateway = from_.gateways[g];
  switch (gateway.phase) {
    case Phase::kIdle:
      break;
    case Phase::kClaim:
      Claim(g);
      break;
    case Phase::kElsewhere:
      AskAgain(g);
      break;
    case Phase::kBegin:
      BeginSending(g);
      break;
    case Phase::kSend:
      Send(g);
      break;
    case Phase::kWire:
      Hear(g);
      break;
  }
  if (gateway.claimed) Renew(g);
  if (gateway.last_step != Step::kNone) TellStore(g);
  if (gateway.kept == Kept::kKey && faults().keys_expire) {
    State& state = AddFault(Act::kKeptKeyEnds, g);
    state.gateways[g].kept = Kept::kSpent;
    state.gateways[g].replays = 0;
  }
}

// The ways in which a step in the store can go: `after` continues with the answer.
template <typename After>
void Moves::AtStore(Act act, int g, Step step, uint8_t fence, const After& after) {
  const auto execute = [&](State& state) {
    const bool ours = Execute(state, step, fence, false, protocol_.weakness);
    if (ours && step == Step::kFinishKey) state.store.replays = protocol_.replays;
    return ours ? Answer::kDone : Answer::kNotOurs;
  };
  State& done = Add(act, g);
  after(done, execute(done));
  if (!faults().store) return;
  after(AddFault(act, g, Fate::kLost), Answer::kNone);
  State& unheard = AddFault(act, g, Fate::kUnheard);
  execute(unheard);
  after(unheard, Answer::kNone);
  if (from_.late.step != Step::kNone) return;
  State& late = AddFault(act, g, Fate::kLate);
  late.late = {step, fence, false};
  after(late, Answer::kNone);
}

// ---- Until it is this gateway's

void Moves::Claim(int g) {
  const uint8_t fence = from_.gateways[g].fence;
  const auto claim = [&](State& state) {
    const Found found = ClaimFor(state, fence, false, protocol_.weakness);
    if (state.store.reads > protocol_.replays) Break(Promise::kReplaysEnd);
    return found;
  };
  State& done = Add(Act::kClaim, g);
  AfterClaim(done, g, claim(done));
  if (!faults().store) return;
  AfterClaimWithoutAnswer(AddFault(Act::kClaim, g, Fate::kLost), g);
  State& unheard = AddFault(Act::kClaim, g, Fate::kUnheard);
  claim(unheard);
  AfterClaimWithoutAnswer(unheard, g);
  if (from_.late.step != Step::kNone) return;
  State& late = AddFault(Act::kClaim, g, Fate::kLate);
  late.late = {Step::kClaim, fence, false};
  AfterClaimWithoutAnswer(late, g);
}

void Moves::AfterClaim(State& state, int g, Found found) {
  Gateway& gateway = state.gateways[g];
  switch (found) {
    case Found::kClaimed:
      gateway.claimed = true;
      gateway.seen_elsewhere = gateway.looks_sent = false;
      gateway.phase = Phase::kBegin;
      return;
    case Found::kElsewhere:
      return WaitElsewhere(state, g);
    case Found::kKey:
      TellAll(state, g, Weak(Weakness::kRecordIsNotRead) ? Told::kUnknown : Told::kKey);
      break;
    case Found::kGivenOut:
      TellAll(state, g, Told::kSpent);
      break;
    case Found::kLost:
    case Found::kUnknown:
      TellAll(state, g, Told::kUnknown);
      break;
  }
  End(state, g, Step::kNone);
}

void Moves::AfterClaimWithoutAnswer(State& state, int g) {
  Gateway& gateway = state.gateways[g];
  if (gateway.seen_elsewhere && !Weak(Weakness::kSeenElsewhereIsForgotten)) {
    WaitElsewhere(state, g);
  } else if (protocol_.fail_closed) {
    EndUnsent(state, g);
  } else {
    gateway.phase = Phase::kSend;
  }
}

void Moves::WaitElsewhere(State& state, int g) {
  Gateway& gateway = state.gateways[g];
  gateway.seen_elsewhere = gateway.looks_sent = true;
  gateway.phase = Phase::kElsewhere;
  if (!HasWaiters(state, g)) End(state, g, Step::kNone);
}

void Moves::AskAgain(int g) {
  if (Weak(Weakness::kNobodyAsksAgain)) return;
  Add(Act::kAskAgain, g).gateways[g].phase = Phase::kClaim;
}

// ---- Until the code is on the wire

void Moves::BeginSending(int g) {
  if (Weak(Weakness::kSendingIsNotRecorded)) {
    Add(Act::kGoOn, g).gateways[g].phase = Phase::kSend;
    return;
  }
  AtStore(Act::kBegin, g, Step::kBegin, from_.gateways[g].fence,
          [&](State& state, Answer answer) { AfterBegin(state, g, answer); });
}

void Moves::AfterBegin(State& state, int g, Answer answer) {
  Gateway& gateway = state.gateways[g];
  gateway.sending = true;
  const bool goes_on = answer == Answer::kNone && !protocol_.fail_closed;
  if (answer == Answer::kDone || goes_on) {
    gateway.phase = Phase::kSend;
    return;
  }
  if (answer == Answer::kNotOurs) {
    gateway.claimed = gateway.sending = false;
    gateway.seen_elsewhere = true;
    gateway.looks_sent = !Weak(Weakness::kLostClaimLooksUnsent);
  }
  if (gateway.unknown) return EndUnknown(state, g);
  if (answer == Answer::kNone) return EndUnsent(state, g);
  gateway.phase = Phase::kClaim;
}

void Moves::Send(int g) {
  State& state = Add(Act::kSend, g);
  CheckSend(g);
  Gateway& gateway = state.gateways[g];
  gateway.phase = Phase::kWire;
  gateway.sends = static_cast<uint8_t>(std::min(gateway.sends + 1, 3));
  state.sends = static_cast<uint8_t>(std::min(state.sends + 1, 3));
  state.attempts[g] = Attempt::kTravels;
  if (faults().upstream) FailToConnect(g);
}

void Moves::CheckSend(int g) {
  const Gateway& gateway = from_.gateways[g];
  if (gateway.seen_elsewhere) Break(Promise::kSeenIsKnown);
  bool in_flight = from_.attempts[g] != Attempt::kNone;
  bool is_recovery = gateway.unknown && gateway.sends == 1;
  bool is_first = gateway.sends == 0;
  if (AnswersForAll()) {
    for (int other = 0; other < kGateways; ++other) {
      in_flight = in_flight || from_.attempts[other] != Attempt::kNone || from_.orphans[other];
    }
    is_recovery = is_recovery && from_.sends == 1;
    is_first = from_.sends == 0;
    const bool recorded =
        from_.store.record == Record::kSending && from_.store.fence == gateway.fence;
    if (!recorded) Break(Promise::kRecordedFirst);
  }
  if (in_flight) Break(Promise::kOneAtATime);
  if (!is_first && !is_recovery) Break(Promise::kNeverAgain);
}

// No byte was sent.
void Moves::FailToConnect(int g) {
  const Gateway& before = from_.gateways[g];
  const Phase next = before.claimed ? Phase::kBegin : Phase::kSend;
  if (before.unknown) {
    EndUnknown(AddFault(Act::kGiveUp, g), g);
    AddFault(Act::kConnectAgain, g).gateways[g].phase = next;
    return;
  }
  EndUnsent(AddFault(Act::kGiveUp, g), g);
  const auto back_off = [&](State& state, Answer) {
    if (!HasWaiters(state, g)) return End(state, g, Step::kForget);
    state.gateways[g].sending = false;
    state.gateways[g].phase = next;
  };
  if (!before.claimed) return back_off(AddFault(Act::kBackOff, g), Answer::kNone);
  const size_t first = moves_.size();
  AtStore(Act::kTakeBack, g, Step::kTakeBack, before.fence, back_off);
  moves_[first].is_progress = false;
}

// ---- Until the exchange is over

void Moves::Hear(int g) {
  const Attempt attempt = from_.attempts[g];
  if (attempt == Attempt::kKeyComes) {
    State& state = Add(Act::kHearKey, g);
    state.attempts[g] = Attempt::kNone;
    state.key_received = true;
    Gateway& gateway = state.gateways[g];
    gateway.kept = Kept::kKey;
    // Without a caller the first replay is the delivery.
    gateway.replays = static_cast<uint8_t>(protocol_.replays + (HasWaiters(state, g) ? 0 : 1));
    TellAll(state, g, Told::kKey);
    End(state, g, Step::kFinishKey);
  }
  if (attempt == Attempt::kRefusalComes) {
    State& state = Add(Act::kHearRefusal, g);
    state.attempts[g] = Attempt::kNone;
    if (from_.gateways[g].unknown && !Weak(Weakness::kRefusalIsBelieved)) {
      EndUnknown(state, g);
    } else {
      TellAll(state, g, Told::kInvalid);
      End(state, g, Step::kForget);
    }
  }
  if (faults().upstream) LoseAnswer(g);
}

void Moves::LoseAnswer(int g) {
  const Gateway& before = from_.gateways[g];
  State& late = AddFault(Act::kTimeOut, g);
  Abandon(late, g);
  EndUnknown(late, g);
  State& lost = AddFault(Act::kLose, g);
  lost.attempts[g] = Attempt::kNone;
  EndUnknown(lost, g);
  if (before.unknown && !Weak(Weakness::kRecoveredTwice)) return;
  State& state = AddFault(Act::kRecover, g);
  state.attempts[g] = Attempt::kNone;
  state.gateways[g].unknown = true;
  state.gateways[g].phase = before.claimed ? Phase::kBegin : Phase::kSend;
}

// ---- Beside

void Moves::Renew(int g) {
  const Gateway& gateway = from_.gateways[g];
  State& state = Add(Act::kRenew, g);
  // A step that changes no state: Execute only finds out whose it is.
  const Step step = gateway.sending ? Step::kBegin : Step::kNone;
  if (Execute(state, step, gateway.fence, false, protocol_.weakness)) state.store.leased = true;
}

void Moves::TellStore(int g) {
  const Gateway& before = from_.gateways[g];
  const auto stop = [g](State& state) {
    state.gateways[g].last_step = Step::kNone;
    state.gateways[g].last_fence = 0;
  };
  AtStore(Act::kTellStore, g, before.last_step, before.last_fence,
          [&](State& state, Answer answer) {
            if (answer != Answer::kNone) stop(state);  // else it tries again
          });
  if (faults().store) stop(AddFault(Act::kStopTelling, g));
}

}  // namespace modelgates::gateway::model
