#include "gateway/serving_state.h"

#include <gmock/gmock.h>

#include <vector>

namespace modelgates::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ServingStateTest : public testing::Test {
 protected:
  std::vector<bool> changes_;
  ServingState state_{[this](bool serving) { changes_.push_back(serving); }};
};

TEST_F(ServingStateTest, ServesFromItsStart) {
  EXPECT_FALSE(state_.serving());
  state_.SetLoopTurns(true);
  EXPECT_THAT(changes_, IsEmpty());
  state_.Start();
  EXPECT_TRUE(state_.serving());
  EXPECT_THAT(changes_, ElementsAre(true));
}

TEST_F(ServingStateTest, FollowsTheLoop) {
  state_.Start();
  state_.SetLoopTurns(false);
  EXPECT_FALSE(state_.serving());
  state_.SetLoopTurns(false);
  state_.SetLoopTurns(true);
  EXPECT_TRUE(state_.serving());
  EXPECT_THAT(changes_, ElementsAre(true, false, true));
}

TEST_F(ServingStateTest, OfADrainIsNeverTakenBack) {
  state_.Start();
  state_.SetLoopTurns(false);
  state_.StartDraining();
  state_.SetLoopTurns(true);
  state_.Start();
  EXPECT_FALSE(state_.serving());
  EXPECT_THAT(changes_, ElementsAre(true, false));
}

}  // namespace
}  // namespace modelgates::gateway
