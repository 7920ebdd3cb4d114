#pragma once

#include <vector>

#include "unit/exchange/model/exchange_model.h"
#include "unit/exchange/model/store_model.h"

namespace modelgates::gateway::model {

// Gathers the moves out of one state.
class Moves {
 public:
  // Both must outlive it.
  Moves(const State& from, const Protocol& protocol) : from_(from), protocol_(protocol) {}

  std::vector<Move> All();

 private:
  enum class Answer : uint8_t { kDone, kNotOurs, kNone };

  bool Weak(Weakness weakness) const { return protocol_.weakness == weakness; }
  const Faults& faults() const { return protocol_.faults; }

  // Adds a move, and gives its result to be changed, until the next one is added.
  State& Add(Act act, int gateway);
  State& AddFault(Act act, int gateway, Fate fate = Fate::kDone);
  void Break(Promise promise);
  bool AnswersForAll() const;

  // What all parts need (exchange_moves.cc).
  void Tell(const State& state, int g, Told told, bool leaves = false);
  void TellAll(State& state, int g, Told told);
  void End(State& state, int g, Step last);
  void EndUnsent(State& state, int g);
  void EndUnknown(State& state, int g);
  static void Abandon(State& state, int g);

  // Callers, the upstream and the store (exchange_moves.cc).
  void CallersMove();
  void Arrive(size_t caller, int g);
  void Leave(size_t caller, int g);
  void Crash(int g);
  void UpstreamMoves();
  void StoreMoves();
  bool LeaseMayEnd() const;

  // Gateways (gateway_moves.cc).
  void GatewayMoves(int g);
  void Claim(int g);
  void AfterClaim(State& state, int g, Found found);
  void AfterClaimWithoutAnswer(State& state, int g);
  void WaitElsewhere(State& state, int g);
  void AskAgain(int g);
  void BeginSending(int g);
  void AfterBegin(State& state, int g, Answer answer);
  void Send(int g);
  void CheckSend(int g);
  void FailToConnect(int g);
  void Hear(int g);
  void LoseAnswer(int g);
  void Renew(int g);
  void TellStore(int g);
  template <typename After>
  void AtStore(Act act, int g, Step step, uint8_t fence, const After& after);

  const State& from_;
  const Protocol& protocol_;
  std::vector<Move> moves_;
};

inline Caller At(int gateway) { return gateway == 0 ? Caller::kAtFirst : Caller::kAtSecond; }

bool HasWaiters(const State& state, int g);

}  // namespace modelgates::gateway::model
