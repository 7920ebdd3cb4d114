#include "exchange_fixture.h"

namespace modelgates::gateway {
namespace {

class ExchangeShare : public ExchangeTest {
 protected:
  // Lets an exchange of this caller end so.
  void Leave(const std::string& party, const std::string& identity, HttpResult result) {
    transport_.Then(std::move(result));
    ASSERT_TRUE(Begin({.identity = identity, .party = party}).done());
  }
  void LeaveMany(const std::string& party, int count) {
    for (int i = 0; i < count; ++i) Leave(party, party + std::to_string(i), Reset());
  }
};

// Given a caller whose results fill what one may take, then its next is delivered and not kept, and
// those of others are.
TEST_F(ExchangeShare, NobodyFillsTheMemoryAlone) {
  Use({.max_known = 10});
  LeaveMany("greedy", 12);
  EXPECT_EQ(observer_->memory_full, 4);
  EXPECT_EQ(Known(), 8u);
  Leave("other", "other", Key("key-1"));
  EXPECT_EQ(observer_->memory_full, 4);
  EXPECT_TRUE(Begin({.identity = "other", .party = "other"}).reply.replayed);
}

TEST_F(ExchangeShare, WhatIsOverIsFreeAgain) {
  Use({.max_known = 10});
  LeaveMany("greedy", 8);
  loop_.Advance(ExchangeOptions().unknown_ttl);
  LeaveMany("greedy", 8);
  EXPECT_EQ(observer_->memory_full, 0);
  EXPECT_EQ(Known(), 8u);
}

// What is dropped to make room takes nobody's share.
TEST_F(ExchangeShare, RejectionsAndWipedKeysTakeNone) {
  Use({.max_replays = 1, .max_known = 10});
  for (int i = 0; i < 10; ++i) Leave("caller", "rejected" + std::to_string(i), Answer(403));
  for (int i = 0; i < 10; ++i) {
    const std::string identity = "given" + std::to_string(i);
    Leave("caller", identity, Key("key"));
    EXPECT_TRUE(Begin({.identity = identity, .party = "caller"}).reply.replayed) << i;
  }
  EXPECT_EQ(observer_->memory_full, 0);
  LeaveMany("caller", 8);
  EXPECT_EQ(observer_->memory_full, 0);
}

TEST_F(ExchangeShare, BoundsBytesAsWell) {
  Use({.max_bytes = 100'000});
  Leave("greedy", "large", Key(std::string(60'000, 'a')));
  Leave("greedy", "too much", Key(std::string(30'000, 'b')));
  EXPECT_EQ(observer_->memory_full, 1);
  Leave("other", "fits", Key(std::string(10'000, 'c')));
  EXPECT_EQ(observer_->memory_full, 1);
  EXPECT_TRUE(Begin({.identity = "fits", .party = "other"}).reply.replayed);
}

// Exchanges that end without a result to keep, and those that are left unsent, give back theirs.
TEST_F(ExchangeShare, WhatIsNotKeptTakesNone) {
  Use({.max_known = 5});
  for (int i = 0; i < 20; ++i) {
    transport_.Then(Answer(429)).Then(Key("key"));
    const std::string unsent = "unsent" + std::to_string(i);
    Begin({.identity = unsent, .party = "caller", .retries = false});
    Begin({.identity = "short" + std::to_string(i), .party = "caller", .verifier = false});
  }
  EXPECT_EQ(observer_->memory_full, 0);
  EXPECT_EQ(Known(), 0u);
}

}  // namespace
}  // namespace modelgates::gateway
