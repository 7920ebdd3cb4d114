#include "exchange_fixture.h"
#include "support/memory_exchange_store.h"

namespace modelgates::gateway {
namespace {

using Fault = MemoryExchangeStore::Fault;
using Outage = ExchangeLease::Outage;

constexpr Duration kLease = 6s;

// Two gateways with one store and one upstream. What the fixture calls is the first.
class ExchangeShared : public ExchangeTest {
 protected:
  ExchangeShared() { UseOutage(Outage::kGoOn); }

  void UseOutage(Outage outage) {
    ExchangeOptions options;
    options.outage = outage;
    Use(options, &access_);
    other_.emplace(loop_, retrier_, options, ReadByTable, &access_);
  }

  void TearDown() override {
    Mend();  // what fails may count in a local variable of the test
    ExchangeTest::TearDown();
    EXPECT_EQ(other_->in_flight(), 0u);
  }

  // A call to the second gateway.
  Caller& BeginOther(const Ask& ask) {
    Caller& caller = callers_.emplace_back();
    Spawn(Serve(caller, ask, *other_));
    loop_.Run();
    return caller;
  }
  Caller& BeginOther() { return BeginOther(Ask()); }
  Caller& FinishOther(const Ask& ask) {
    Caller& caller = BeginOther(ask);
    while (!caller.done() && loop_.HasTimer()) loop_.Advance(10ms);
    return caller;
  }
  Caller& FinishOther() { return FinishOther(Ask()); }

  // As if both gateways had lost their way to the store.
  void Cut() {
    store_.FailWith([] { return Fault::kLostRequest; });
  }
  void Mend() { store_.FailWith(nullptr); }

  MemoryExchangeStore store_{loop_, kLease, 150s};
  MemoryExchangeStore::Access access_{store_};
  std::optional<ExchangeRegistry> other_;
};

TEST_F(ExchangeShared, ARepeatElsewhereGetsTheKey) {
  transport_.Then(Key("key-1"), 100ms);
  EXPECT_EQ(Finish().Got(), "key-1");
  const Caller& repeat = FinishOther();
  EXPECT_EQ(repeat.Got(), "key-1");
  EXPECT_TRUE(repeat.reply.replayed);
  EXPECT_NE(repeat.key(), nullptr);
  EXPECT_EQ(Sends(), 1u);
}

TEST_F(ExchangeShared, IdenticalCallsAtOnceAreOneWhereverTheyCome) {
  transport_.Then(Key("key-1"), 500ms);
  Caller& here = Begin();
  Caller& there = BeginOther();
  Caller& joined = BeginOther();
  loop_.Advance(1s);
  EXPECT_EQ(here.Got(), "key-1");
  EXPECT_EQ(there.Got(), "key-1");
  EXPECT_EQ(joined.Got(), "key-1");
  EXPECT_EQ(Sends(), 1u);
}

TEST_F(ExchangeShared, ReplaysAreCountedAcrossGateways) {
  ExchangeOptions options;
  options.max_replays = 2;
  other_.emplace(loop_, retrier_, options, ReadByTable, &access_);
  Use(options, &access_);
  transport_.Then(Key("key-1")).Then(Answer(403));
  EXPECT_EQ(Finish().Got(), "key-1");
  EXPECT_EQ(FinishOther().Got(), "key-1");
  EXPECT_EQ(FinishOther().Got(), "key-1");
  EXPECT_EQ(store_.StateOf("code-1"), "");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(FinishOther().Reason(), v1::EXCHANGE_ALREADY_COMPLETED);
  EXPECT_EQ(Sends(), 1u);
  // As long as a spent code is remembered.
  loop_.Advance(120s);
  EXPECT_EQ(FinishOther().Got(), "status 403");
}

TEST_F(ExchangeShared, ACodeIsKnownToBeSpentElsewhereOnceItsKeyIsGone) {
  transport_.Then(Key("key-1"));
  EXPECT_EQ(Finish().Got(), "key-1");
  loop_.Advance(30s);
  EXPECT_EQ(store_.StateOf("code-1"), "");
  const Caller& repeat = FinishOther();
  EXPECT_EQ(repeat.Reason(), v1::EXCHANGE_ALREADY_COMPLETED);
  EXPECT_FALSE(repeat.InFlight());
  EXPECT_EQ(Finish().Reason(), v1::EXCHANGE_ALREADY_COMPLETED);
  EXPECT_EQ(Sends(), 1u);
}

struct Shared {
  const char* name;
  HttpResult result;
  std::string got;
};

class ExchangeSharedFailure : public ExchangeShared, public testing::WithParamInterface<Shared> {};

TEST_P(ExchangeSharedFailure, IsKnownElsewhere) {
  transport_.Then(GetParam().result);
  EXPECT_EQ(Finish().Got(), GetParam().got);
  const Caller& repeat = FinishOther();
  EXPECT_EQ(repeat.Got(), GetParam().got);
  EXPECT_EQ(repeat.outcome().attempts.size(), 1u);
  EXPECT_EQ(Sends(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Failures, ExchangeSharedFailure,
                         testing::Values(Shared{"Spent", Key("unreadable"), "unreadable"},
                                         Shared{"Rejected", Answer(403), "status 403"},
                                         Shared{"Unknown", Reset(), "reset"}),
                         [](const auto& test) { return test.param.name; });

TEST_F(ExchangeShared, WhatUsedNothingLeavesNothing) {
  transport_.Then(Refused()).Then(Key("key-1"));
  Ask ask;
  ask.retries = false;
  EXPECT_EQ(Finish(ask).Got(), "connect");
  loop_.Run();
  EXPECT_EQ(store_.StateOf("code-1"), "");
  EXPECT_EQ(FinishOther(ask).Got(), "key-1");
}

TEST_F(ExchangeShared, WithoutAVerifierTheKeyGoesNowhereElse) {
  transport_.Then(Key("key-1")).Then(Answer(403));
  Ask ask;
  ask.verifier = false;
  EXPECT_EQ(Finish(ask).Got(), "key-1");
  loop_.Run();
  EXPECT_EQ(store_.StateOf("code-1"), "");
  EXPECT_EQ(FinishOther(ask).Got(), "status 403");
}

TEST_F(ExchangeShared, ACallThatOptedOutDoesNotAskTheStore) {
  transport_.Then(Key("key-1"));
  Ask ask;
  ask.once_only = true;
  EXPECT_EQ(Finish(ask).Got(), "key-1");
  EXPECT_EQ(store_.steps(), 0);
}

// Between attempts of which none used anything, another gateway may take it over at once when this
// one dies.
TEST_F(ExchangeShared, IsReservedAgainDuringBackoff) {
  transport_.Then(Refused()).Then(Key("key-1"));
  Caller& caller = Begin();
  EXPECT_EQ(store_.StateOf("code-1"), "reserved");
  loop_.Advance(1s);
  EXPECT_EQ(caller.Got(), "key-1");
  EXPECT_EQ(store_.StateOf("code-1"), "finished");
}

TEST_F(ExchangeShared, KeepsItsLeaseHoweverLongTheUpstreamTakes) {
  transport_.Then(Key("key-1"), 25s);
  Caller& here = Begin();
  Caller& there = BeginOther();
  loop_.Advance(4 * kLease);
  EXPECT_EQ(store_.StateOf("code-1"), "sending");
  loop_.Advance(2s);
  EXPECT_EQ(here.Got(), "key-1");
  EXPECT_EQ(there.Got(), "key-1");
  EXPECT_EQ(Sends(), 1u);
}

// The end of a gateway is played by one that was never there: what it left in the store.
TEST_F(ExchangeShared, WhatAnotherHadNotSentIsTakenOverAfterItsLease) {
  const auto dead = access_.Open({.auth_code = "code-1"});
  Spawn([](SharedExchange& shared) -> Task<void> {
    Task<SharedExchange::Claimed> claim = shared.Claim();
    co_await claim;
  }(*dead));
  loop_.Run();
  transport_.Then(Key("key-1"));
  Caller& caller = Begin();
  loop_.Advance(kLease - 200ms);
  EXPECT_FALSE(caller.done());
  EXPECT_EQ(Sends(), 0u);
  loop_.Advance(400ms);
  EXPECT_EQ(caller.Got(), "key-1");
}

TEST_F(ExchangeShared, WhatAnotherHadSentIsNeverTakenOver) {
  const auto dead = access_.Open({.auth_code = "code-1"});
  Spawn([](SharedExchange& shared) -> Task<void> {
    Task<SharedExchange::Claimed> claim = shared.Claim();
    co_await claim;
    Task<SharedExchange::Step> send = shared.BeginSending();
    co_await send;
  }(*dead));
  loop_.Run();
  Caller& caller = Begin();
  loop_.Advance(kLease + 200ms);
  EXPECT_EQ(caller.Reason(), v1::EXCHANGE_OUTCOME_UNKNOWN);
  EXPECT_FALSE(caller.InFlight());
  EXPECT_EQ(Finish().Reason(), v1::EXCHANGE_OUTCOME_UNKNOWN);
  EXPECT_EQ(FinishOther().Reason(), v1::EXCHANGE_OUTCOME_UNKNOWN);
  EXPECT_EQ(Sends(), 0u);
}

// A caller whose own deadline comes first is told what to do: nothing is lost yet.
TEST_F(ExchangeShared, ACallerThatWaitsForAnotherGatewayKnowsWhetherItWasSent) {
  transport_.Then(Key("key-1"), 5s);
  Caller& here = Begin();
  Ask hasty;
  hasty.deadline = 1s;
  const Caller& there = FinishOther(hasty);
  EXPECT_EQ(there.Reason(), v1::EXCHANGE_IN_PROGRESS);
  EXPECT_TRUE(there.InFlight());
  loop_.Run();
  EXPECT_EQ(other_->in_flight(), 0u);
  loop_.Advance(5s);
  EXPECT_EQ(here.Got(), "key-1");
}

// A gateway that was cut off from the store while the upstream had the code brings the key all the
// same, late as it is.
TEST_F(ExchangeShared, AHolderThatLostItsLeaseStillSaysWhatCameOfIt) {
  transport_.Then(Key("key-1"), 20s);
  Caller& here = Begin();
  Cut();
  loop_.Advance(2 * kLease);
  Mend();
  // Renewed meanwhile or not: nobody may send it.
  Cut();
  loop_.Advance(7s);
  Mend();
  loop_.Advance(2s);
  EXPECT_EQ(here.Got(), "key-1");
  EXPECT_EQ(FinishOther().Got(), "key-1");
  EXPECT_EQ(Sends(), 1u);
}

TEST_F(ExchangeShared, ALeaseThatEndedBeforeAnythingWasSentIsAnothersNow) {
  transport_.Then(Refused());
  Caller& here = Begin();  // waits for its next attempt
  loop_.Run();
  // The store forgets the claim, and another gateway makes its own.
  store_.LoseAll();
  transport_.Then(Key("key-1"), 3s);
  Caller& there = BeginOther();
  loop_.Advance(2s);
  EXPECT_EQ(Sends(), 2u);
  loop_.Advance(2s);
  EXPECT_EQ(here.Got(), "key-1");
  EXPECT_EQ(there.Got(), "key-1");
  EXPECT_EQ(Sends(), 2u);
}

TEST_F(ExchangeShared, WithoutTheStoreAGatewayServesAlone) {
  Cut();
  transport_.Then(Key("key-1"));
  EXPECT_EQ(Finish().Got(), "key-1");
  EXPECT_GT(observer_->store_unavailable, 0);
  EXPECT_EQ(Finish().Got(), "key-1");  // from its own memory
  EXPECT_EQ(Sends(), 1u);
}

TEST_F(ExchangeShared, WithoutTheStoreNothingIsSentWhereThatIsAsked) {
  UseOutage(Outage::kRefuse);
  Cut();
  EXPECT_EQ(Finish().Reason(), v1::EXCHANGE_STORE_UNAVAILABLE);
  Mend();
  transport_.Then(Key("key-1"));
  EXPECT_EQ(Finish().Got(), "key-1");
}

TEST_F(ExchangeShared, AStoreThatGoesAfterTheClaimIsNoReasonToSendWhereItMustBeAsked) {
  UseOutage(Outage::kRefuse);
  int step = 0;
  store_.FailWith([&] { return ++step == 1 ? Fault::kNone : Fault::kLostRequest; });
  EXPECT_EQ(Finish().Reason(), v1::EXCHANGE_STORE_UNAVAILABLE);
  EXPECT_EQ(Sends(), 0u);
}

// That another gateway has it is known, and remains true when the store goes away.
TEST_F(ExchangeShared, WhatWasSeenElsewhereIsNotSentWithoutTheStore) {
  transport_.Then(Key("key-1"), 10s);
  Caller& here = Begin();
  Ask ask;
  ask.deadline = 5s;
  Caller& there = BeginOther(ask);
  Cut();
  loop_.Advance(6s);
  EXPECT_EQ(there.Reason(), v1::EXCHANGE_IN_PROGRESS);
  Mend();
  loop_.Advance(6s);
  EXPECT_EQ(here.Got(), "key-1");
  EXPECT_EQ(FinishOther().Got(), "key-1");
  EXPECT_EQ(Sends(), 1u);
}

TEST_F(ExchangeShared, TheStoreIsToldOnceItIsBack) {
  transport_.Then(Key("key-1"), 1s);
  Caller& here = Begin();
  Cut();
  loop_.Advance(1s);
  EXPECT_EQ(here.Got(), "key-1");          // nobody waits for the store
  EXPECT_EQ(exchanges_->in_flight(), 1u);  // but drain does
  Mend();
  loop_.Advance(2100ms);
  EXPECT_EQ(exchanges_->in_flight(), 0u);
  EXPECT_EQ(FinishOther().Got(), "key-1");
}

TEST_F(ExchangeShared, TheStoreIsToldThatNothingWasUsedOnceItIsBack) {
  transport_.Then(Refused(), 100ms);
  Ask ask;
  ask.retries = false;
  Caller& here = Begin(ask);
  Cut();
  loop_.Advance(200ms);
  EXPECT_EQ(here.Got(), "connect");
  EXPECT_EQ(store_.StateOf("code-1"), "sending");
  Mend();
  loop_.Advance(2s);
  EXPECT_EQ(store_.StateOf("code-1"), "");
}

TEST_F(ExchangeShared, AnAbortDoesNotWaitForTheStoreToComeBack) {
  transport_.Then(Key("key-1"), 1s);
  Caller& here = Begin();
  Cut();
  loop_.Advance(1s);
  EXPECT_EQ(here.Got(), "key-1");
  EXPECT_EQ(exchanges_->in_flight(), 1u);
  exchanges_->Abort();
  loop_.Run();
  EXPECT_EQ(exchanges_->in_flight(), 0u);
}

// The step before the first byte did not reach the store, which is back soon.
TEST_F(ExchangeShared, WhatIsOnTheWireDoesNotStayReserved) {
  int step = 0;
  store_.FailWith([&] { return ++step == 2 ? Fault::kLostRequest : Fault::kNone; });
  transport_.Then(Key("key-1"), 20s);
  Caller& here = Begin();
  EXPECT_EQ(Sends(), 1u);
  EXPECT_EQ(store_.StateOf("code-1"), "reserved");
  loop_.Advance(kLease / 2);
  EXPECT_EQ(store_.StateOf("code-1"), "sending");
  EXPECT_TRUE(here.replies == 0);
  loop_.Advance(20s);
  EXPECT_EQ(here.Got(), "key-1");
  EXPECT_TRUE(here.reply.degraded);
}

TEST_F(ExchangeShared, WhatAnotherTookOverIsNotSentWithoutTheStore) {
  transport_.Then(Refused());
  Caller& here = Begin();  // waits for its next attempt
  store_.LoseAll();
  transport_.Then(Key("key-1"), 3s);
  Caller& there = BeginOther();
  EXPECT_EQ(Sends(), 2u);
  // It is told that it has lost its claim, and then nothing more.
  bool told = false;
  store_.FailWith([&] { return std::exchange(told, true) ? Fault::kLostRequest : Fault::kNone; });
  loop_.Advance(1500ms);
  EXPECT_TRUE(told);
  EXPECT_EQ(Sends(), 2u);
  Mend();
  loop_.Advance(3s);
  EXPECT_EQ(there.Got(), "key-1");
  EXPECT_EQ(here.Got(), "key-1");
  EXPECT_EQ(Sends(), 2u);
}

// Also before it is known which gateway has it now.
TEST_F(ExchangeShared, WhatAnotherTookOverIsNotCalledUnsent) {
  transport_.Then(Refused());
  Caller& here = Begin();  // waits for its next attempt
  store_.LoseAll();
  transport_.Then(Key("key-1"), 10s);
  Caller& there = BeginOther();
  EXPECT_EQ(Sends(), 2u);
  // It is told at once that it has lost its claim, and asks whose it is.
  int step = 0;
  store_.TakeTime([&] { return Duration(step++ == 0 ? 0s : 5s); });
  loop_.Advance(1500ms);
  EXPECT_EQ(step, 2);
  Leave(here);
  EXPECT_EQ(here.Reason(), v1::CALLER_CANCELLED);
  EXPECT_TRUE(here.InFlight());
  store_.TakeTime(nullptr);
  loop_.Advance(10s);
  EXPECT_EQ(there.Got(), "key-1");
  EXPECT_EQ(Sends(), 2u);
}

// Nobody can say of another gateway's exchange that it was not sent.
TEST_F(ExchangeShared, WhatAnotherHasReservedIsNotCalledUnsent) {
  transport_.Then(Refused()).Then(Key("key-1"), 5s);
  Caller& here = Begin();
  EXPECT_EQ(store_.StateOf("code-1"), "reserved");
  Ask hasty;
  hasty.deadline = 200ms;
  EXPECT_EQ(FinishOther(hasty).Reason(), v1::EXCHANGE_IN_PROGRESS);
  loop_.Advance(6s);
  EXPECT_EQ(here.Got(), "key-1");
}

TEST_F(ExchangeShared, AnAnswerThatTheStoreLostIsStillInTheMemoryOfItsGateway) {
  transport_.Then(Key("key-1"));
  EXPECT_EQ(Finish().Got(), "key-1");
  store_.LoseAll();
  EXPECT_EQ(Finish().Got(), "key-1");
  EXPECT_EQ(Sends(), 1u);
}

TEST_F(ExchangeShared, WhatTheStoreDamagedIsNotSentAgain) {
  transport_.Then(Key("key-1"));
  EXPECT_EQ(Finish().Got(), "key-1");
  loop_.Run();
  store_.Damage("code-1");
  EXPECT_EQ(FinishOther().Reason(), v1::EXCHANGE_OUTCOME_UNKNOWN);
  EXPECT_EQ(Sends(), 1u);
}

TEST_F(ExchangeShared, ACallerThatLeavesDuringTheClaimLeavesNothing) {
  store_.TakeTime([] { return 50ms; });
  Caller& caller = Begin();
  loop_.Advance(10ms);
  Leave(caller);
  loop_.Advance(1s);
  EXPECT_EQ(caller.Reason(), v1::CALLER_CANCELLED);
  EXPECT_EQ(store_.StateOf("code-1"), "");
  EXPECT_EQ(Sends(), 0u);
}

TEST_F(ExchangeShared, AnAbortedExchangeIsUnknownElsewhere) {
  transport_.Then(Key("key-1"), 10s);
  Caller& here = Begin();
  exchanges_->Abort();
  loop_.Run();
  EXPECT_EQ(here.Got(), "reset");
  EXPECT_EQ(FinishOther().Got(), "reset");
  EXPECT_EQ(Sends(), 1u);
}

}  // namespace
}  // namespace modelgates::gateway
