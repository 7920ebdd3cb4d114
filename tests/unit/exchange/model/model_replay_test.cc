#include "unit/exchange/model/model_replay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <random>

namespace modelgates::gateway::model {
namespace {

// Ways through the model that chance takes, on which the program is led. It has to wait where the
// gateways of the model wait, and to tell its callers what they tell theirs.
TEST(ModelReplay, TheProgramDoesWhatTheModelDoes) {
  constexpr int kWalks = 5000;
  constexpr int kMoves = 60;
  const Protocol protocol;
  size_t followed = 0;
  for (unsigned seed = 1; seed <= kWalks; ++seed) {
    std::minstd_rand random(seed);
    Replay replay;
    State state;
    std::string trace;
    for (int i = 0; i < kMoves; ++i) {
      std::vector<Move> moves = MovesFrom(state, protocol);
      std::erase_if(moves, [&](const Move& move) { return !replay.CanFollow(state, move); });
      // Faults end a walk early, so only every fourth move may be one.
      const auto is_progress = [](const Move& move) { return move.is_progress; };
      if (random() % 4 != 0 && std::any_of(moves.begin(), moves.end(), is_progress)) {
        std::erase_if(moves, std::not_fn(is_progress));
      }
      if (moves.empty()) break;
      const Move& move = moves[random() % moves.size()];
      trace += "\n  " + NameOf(move.act, move.fate, move.gateway);
      ASSERT_EQ(replay.Follow(state, move), "") << "walk " << seed << trace;
      state = move.to;
      ++followed;
    }
  }
  EXPECT_GT(followed, size_t{kWalks} * 10);
  std::cout << "[ moves    ] " << followed << '\n';
}

}  // namespace
}  // namespace modelgates::gateway::model
