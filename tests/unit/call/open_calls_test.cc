#include "call/open_calls.h"

#include <gtest/gtest.h>

namespace modelgates::gateway {
namespace {

TEST(OpenCalls, SaysWhetherThereAreTooMany) {
  OpenCalls calls;
  calls.Opened();
  calls.Opened();
  EXPECT_FALSE(calls.TooMany());
  calls.SetMaxCalls(1);
  EXPECT_TRUE(calls.TooMany());
  calls.Ended();
  EXPECT_FALSE(calls.TooMany());
}

TEST(OpenCalls, AreTooManyWhileManyWaitForTheLoop) {
  OpenCalls calls;
  for (int i = 0; i < 128; ++i) calls.Queued();
  EXPECT_FALSE(calls.TooMany());
  calls.Queued();
  EXPECT_TRUE(calls.TooMany());
  calls.Dequeued();
  EXPECT_FALSE(calls.TooMany());
}

}  // namespace
}  // namespace modelgates::gateway
