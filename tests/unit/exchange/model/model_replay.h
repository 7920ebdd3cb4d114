#pragma once

#include <array>
#include <deque>
#include <list>
#include <memory>
#include <string>

#include "unit/exchange/model/gated_gateway.h"

namespace modelgates::gateway::model {

// The gateways of the model as the program has them, each with a loop of its own. They wait at each
// step in the store and at each attempt, until the model says how it goes.
class Replay {
 public:
  Replay();
  ~Replay();
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

  // Whether the program can be led there: some moves are only made so often.
  bool CanFollow(const State& from, const Move& move) const;
  // Makes the move. What is different then, in words; empty: nothing.
  std::string Follow(const State& from, const Move& move);

 private:
  struct Call;

  std::string Go(const State& from, const Move& move);
  std::string Come(int g);
  std::string Leave(const State& to, int g);
  void Crash(int g);
  std::string AnswerClaim(const State& from, const Move& move);
  std::string AnswerStep(const State& from, const Move& move, Step step, uint8_t fence);
  std::string AnswerAttempt(int g, HttpResult result);
  std::string Offer(int g);
  void Pass(int g, Duration time);
  Task<void> Serve(GatedGateway& site, Call& call);

  WhatStoreKnows known_;
  std::array<std::unique_ptr<GatedGateway>, kGateways> sites_;
  std::list<std::unique_ptr<GatedGateway>> crashed_;
  std::deque<Call> calls_;
  std::array<int, kCallers + 1> tries_{};     // of the last step, by fence
  std::array<int, kCallers + 1> attempts_{};  // by fence
};

}  // namespace modelgates::gateway::model
