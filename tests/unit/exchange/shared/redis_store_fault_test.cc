#include <gmock/gmock.h>

#include "support/fake_redis.h"
#include "support/holding_proxy.h"
#include "unit/exchange/shared/store_fixture.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

class RedisStoreFaults : public StoreFixture {
 protected:
  static RedisOptions Hurried() {
    RedisOptions options = PatientOptions();
    options.limits.call_timeout = 1s;
    return options;
  }
};

TEST_F(RedisStoreFaults, WhatTheServerForgotIsNobodys) {
  Exchange mine(one_, identity_);
  Exchange theirs(other_, identity_);
  ASSERT_EQ(mine.Claim(), Found::kClaimed);
  ASSERT_EQ(mine.BeginSending(), Step::kDone);
  admin_.Call({"FLUSHALL"});
  EXPECT_EQ(mine.Renew(), Step::kNotOurs);
  EXPECT_EQ(mine.Finish("mine"), Step::kNotOurs);
  EXPECT_TRUE(Keys().empty());
  // And by its late holder it stays untouched.
  ASSERT_EQ(theirs.Claim(), Found::kClaimed);
  EXPECT_EQ(mine.BeginSending(), Step::kNotOurs);
  EXPECT_EQ(mine.Finish("mine"), Step::kNotOurs);
  EXPECT_EQ(mine.Forget(), Step::kNotOurs);
  EXPECT_EQ(theirs.BeginSending(), Step::kDone);
}

TEST_F(RedisStoreFaults, WithoutAServerEverythingIsUnavailableUntilItIsBack) {
  Exchange mine(one_, identity_);
  ASSERT_EQ(mine.Claim(), Found::kClaimed);
  redis_.Kill();
  ASSERT_TRUE(one_.capture().WaitForLines("redis_down", 1));
  EXPECT_EQ(mine.Claim(), Found::kUnavailable);
  EXPECT_EQ(mine.BeginSending(), Step::kUnavailable);
  EXPECT_EQ(mine.Finish("mine"), Step::kUnavailable);
  redis_.StartAgain();
  ASSERT_TRUE(one_.capture().WaitForLines("redis_up", 1));
  EXPECT_EQ(mine.BeginSending(), Step::kNotOurs);
  EXPECT_EQ(mine.Claim(), Found::kClaimed);
  EXPECT_EQ(mine.BeginSending(), Step::kDone);
}

TEST_F(RedisStoreFaults, AServerThatForgotTheScriptsIsToldThemAgain) {
  Exchange mine(one_, identity_);
  Exchange theirs(other_, identity_);
  const auto flush = [this] { EXPECT_EQ(admin_.Call({"SCRIPT", "FLUSH"}), "+OK"); };
  flush();
  EXPECT_EQ(mine.Claim(), Found::kClaimed);
  flush();
  EXPECT_EQ(mine.BeginSending(), Step::kDone);
  flush();
  EXPECT_EQ(mine.Finish("record"), Step::kDone);
  flush();
  EXPECT_EQ(theirs.Claim(), Found::kFinished);
}

// Given a claim of which the answer came too late, when it is repeated, then it is the holder's,
// although the first may have been made.
TEST_F(RedisStoreFaults, AClaimThatMayHaveBeenMadeCanBeRepeated) {
  StoreGateway hurried(redis_.url(), kPepperA, LongLeases(), Hurried());
  Exchange mine(hurried, identity_);
  Exchange theirs(other_, identity_);
  ASSERT_EQ(mine.Claim(), Found::kClaimed);
  ASSERT_EQ(mine.Forget(), Step::kDone);
  redis_.Pause();
  EXPECT_EQ(mine.Claim(), Found::kUnavailable);
  redis_.Continue();
  ASSERT_TRUE(hurried.capture().WaitForLines("redis_up", 1));
  EXPECT_EQ(mine.Claim(), Found::kClaimed);
  EXPECT_EQ(theirs.Claim(), Found::kReserved);
  EXPECT_EQ(mine.BeginSending(), Step::kDone);
}

// Given a step that is still on its way when its connection was given up, when it reaches the
// server after newer ones, then it changes nothing: what is being sent must not become anybody's.
TEST_F(RedisStoreFaults, AStepThatComesTooLateIsNotTaken) {
  HoldingProxy proxy(redis_.port());
  StoreGateway hurried(proxy.url(), kPepperA, LongLeases(), Hurried());
  Exchange mine(hurried, identity_);
  Exchange theirs(other_, identity_);
  ASSERT_EQ(mine.Claim(), Found::kClaimed);
  ASSERT_EQ(mine.BeginSending(), Step::kDone);
  proxy.Hold();
  EXPECT_EQ(mine.TakeBack(), Step::kUnavailable);
  ASSERT_TRUE(hurried.capture().WaitForLines("redis_up", 1));
  ASSERT_EQ(mine.BeginSending(), Step::kDone);
  proxy.Release();
  // It was executed, and gave 0.
  EXPECT_EQ(Field("state"), "sending");
  EndLease();
  EXPECT_EQ(theirs.Claim(), Found::kLost);
}

TEST_F(RedisStoreFaults, AClaimThatComesTooLateTakesNothingFromItsOwnHolder) {
  HoldingProxy proxy(redis_.port());
  StoreGateway hurried(proxy.url(), kPepperA, LongLeases(), Hurried());
  Exchange mine(hurried, identity_);
  ASSERT_EQ(mine.Claim(), Found::kClaimed);
  ASSERT_EQ(mine.Forget(), Step::kDone);
  proxy.Hold();
  EXPECT_EQ(mine.Claim(), Found::kUnavailable);
  ASSERT_TRUE(hurried.capture().WaitForLines("redis_up", 1));
  ASSERT_EQ(mine.Claim(), Found::kClaimed);
  const std::string step = Field("step");
  proxy.Release();
  EXPECT_EQ(Field("step"), step);
  EXPECT_EQ(mine.BeginSending(), Step::kDone);
  EXPECT_EQ(mine.Finish("record"), Step::kDone);
}

TEST_F(RedisStoreFaults, AFinishOfWhichTheAnswerIsLostIsFoundDone) {
  StoreGateway hurried(redis_.url(), kPepperA, LongLeases(), Hurried());
  Exchange mine(hurried, identity_);
  Exchange theirs(other_, identity_);
  ASSERT_EQ(mine.Claim(), Found::kClaimed);
  redis_.Pause();
  EXPECT_EQ(mine.Finish("record"), Step::kUnavailable);
  redis_.Continue();
  ASSERT_TRUE(hurried.capture().WaitForLines("redis_up", 1));
  const Step again = mine.Finish("record");
  EXPECT_TRUE(again == Step::kNotOurs || again == Step::kDone) << again;
  EXPECT_EQ(theirs.Claim(), Found::kFinished);
  EXPECT_EQ(theirs.record(), "record");
}

struct TamperedCase {
  std::string name;
  std::vector<std::string> command;  // "KEY" stands for the exchange's
  Found found;
};

class TamperedStore : public RedisStoreFaults, public testing::WithParamInterface<TamperedCase> {
 protected:
  void Tamper() {
    const std::string key = Key();
    std::vector<std::string> command = GetParam().command;
    for (std::string& part : command) {
      if (part == "KEY") part = key;
    }
    if (command[0] == "SET") admin_.Call({"DEL", key});
    ASSERT_NE(admin_.Call(command).substr(0, 1), "-");
  }
};

class TamperedReserved : public TamperedStore {};

TEST_P(TamperedReserved, IsNotTakenForWhatAGatewayWrote) {
  Exchange mine(one_, identity_);
  Exchange theirs(other_, identity_);
  ASSERT_EQ(mine.Claim(), Found::kClaimed);
  Tamper();
  EXPECT_EQ(theirs.Claim(), GetParam().found);
  EXPECT_EQ(theirs.Finish("theirs"), Step::kNotOurs);
}

INSTANTIATE_TEST_SUITE_P(
    Fields, TamperedReserved,
    testing::Values(
        TamperedCase{"AnotherType", {"SET", "KEY", "text"}, Found::kUnreadable},
        TamperedCase{"UnknownState", {"HSET", "KEY", "state", "resting"}, Found::kUnreadable},
        TamperedCase{"NoState", {"HDEL", "KEY", "state"}, Found::kUnreadable},
        TamperedCase{"NoFence", {"HDEL", "KEY", "fence"}, Found::kUnreadable},
        TamperedCase{"NoStep", {"HDEL", "KEY", "step"}, Found::kUnreadable},
        TamperedCase{"StepOfLetters", {"HSET", "KEY", "step", "x"}, Found::kUnreadable},
        TamperedCase{"NoLease", {"HDEL", "KEY", "lease_until"}, Found::kUnreadable},
        TamperedCase{"LeaseOfLetters", {"HSET", "KEY", "lease_until", "nan"}, Found::kUnreadable},
        TamperedCase{"LeaseNegative", {"HSET", "KEY", "lease_until", "-1"}, Found::kUnreadable},
        TamperedCase{"LeaseTooLong",
                     {"HSET", "KEY", "lease_until", "99999999999999999999"},
                     Found::kUnreadable},
        TamperedCase{
            "FinishedWithoutRecord", {"HSET", "KEY", "state", "finished"}, Found::kUnreadable}),
    [](const auto& row) { return row.param.name; });

class TamperedFinished : public TamperedStore {};

TEST_P(TamperedFinished, IsNotTakenForWhatAGatewayWrote) {
  Exchange mine(one_, identity_);
  Exchange theirs(other_, identity_);
  ASSERT_EQ(mine.Claim(), Found::kClaimed);
  ASSERT_EQ(mine.Finish("the record", 5), Step::kDone);
  Tamper();
  EXPECT_EQ(theirs.Claim(), GetParam().found);
  EXPECT_EQ(theirs.record(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Fields, TamperedFinished,
    testing::Values(
        TamperedCase{"NoRecord", {"HDEL", "KEY", "record"}, Found::kUnreadable},
        TamperedCase{"EmptyRecord", {"HSET", "KEY", "record", ""}, Found::kUnreadable},
        TamperedCase{
            "OtherRecord", {"HSET", "KEY", "record", std::string(100, 'x')}, Found::kUnreadable},
        TamperedCase{"LongerRecord",
                     {"EVAL",
                      "return redis.call('HSET', KEYS[1], 'record', "
                      "redis.call('HGET', KEYS[1], 'record') .. 'x')",
                      "1", "KEY"},
                     Found::kUnreadable},
        TamperedCase{"RecordFlipped",
                     {"EVAL",
                      "local r = redis.call('HGET', KEYS[1], 'record') "
                      "local b = string.byte(r, 50) "
                      "r = string.sub(r, 1, 49) .. string.char((b + 1) % 256) .. string.sub(r, 51) "
                      "return redis.call('HSET', KEYS[1], 'record', r)",
                      "1", "KEY"},
                     Found::kUnreadable},
        TamperedCase{"NoReplays", {"HDEL", "KEY", "replays"}, Found::kUnreadable},
        TamperedCase{"ReplaysNegative", {"HSET", "KEY", "replays", "-1"}, Found::kUnreadable},
        TamperedCase{"ReplaysOfLetters", {"HSET", "KEY", "replays", "inf"}, Found::kUnreadable}),
    [](const auto& row) { return row.param.name; });

TEST_F(RedisStoreFaults, ARecordOfAnotherExchangeIsUnreadable) {
  ExchangeIdentity identity = identity_;
  identity.caller = "another caller, with the same code and verifier";
  Exchange mine(one_, identity_);
  ASSERT_EQ(mine.Claim(), Found::kClaimed);
  ASSERT_EQ(mine.Finish("mine"), Step::kDone);
  const std::string my_key = Key();
  Exchange another(one_, identity);
  ASSERT_EQ(another.Claim(), Found::kClaimed);
  std::string their_key;
  for (const std::string& key : Keys()) {
    if (key != my_key) their_key = key;
  }
  admin_.Call({"COPY", my_key, their_key, "REPLACE"});
  EXPECT_EQ(another.Claim(), Found::kUnreadable);
}

TEST_F(RedisStoreFaults, AServerThatRefusesStepsIsLoggedOnceUntilItAcceptsSome) {
  Exchange mine(one_, identity_);
  ASSERT_EQ(mine.Claim(), Found::kClaimed);
  admin_.Call({"CONFIG", "SET", "maxmemory", "1"});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(mine.Renew(), Step::kUnavailable);
  ASSERT_EQ(one_.capture().Lines("exchange_store_refused").size(), 1u);
  EXPECT_EQ(one_.capture().Lines("exchange_store_refused")[0]["redis_error"], "OOM");
  admin_.Call({"CONFIG", "SET", "maxmemory", "0"});
  EXPECT_EQ(mine.Renew(), Step::kDone);
  admin_.Call({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_EQ(mine.Renew(), Step::kUnavailable);
  EXPECT_EQ(one_.capture().Lines("exchange_store_refused").size(), 2u);
}

// What a server says to a step that is no answer to it.
class LyingStore : public testing::TestWithParam<std::string> {};

TEST_P(LyingStore, IsUnavailableOrUnreadable) {
  FakeRedis server([](FakeRedis::Session& session) {
    session.Greet();
    while (!session.Read().empty()) session.Send(GetParam());
  });
  RedisOptions options = PatientOptions();
  if (GetParam().empty()) options.limits.call_timeout = 200ms;
  StoreGateway gateway(server.url(), kPepperA, LongLeases(), options);
  StoreGateway::Exchange exchange(gateway, ExampleIdentity());
  const Found found = exchange.Claim();
  EXPECT_TRUE(found == Found::kUnavailable || found == Found::kUnreadable) << found;
  EXPECT_EQ(exchange.record(), "");
  const Step step = exchange.BeginSending();
  EXPECT_TRUE(step == Step::kUnavailable || step == Step::kNotOurs) << step;
}

INSTANTIATE_TEST_SUITE_P(Answers, LyingStore,
                         testing::Values("", "+OK\r\n", "$-1\r\n", "$7\r\nclaimed\r\n", "*0\r\n",
                                         "*-1\r\n", ":0\r\n", ":2\r\n", ":-1\r\n", "*1\r\n:1\r\n",
                                         "*1\r\n+claimed\r\n", "*1\r\n$8\r\nfinished\r\n",
                                         "*1\r\n$7\r\nCLAIMED\r\n",
                                         "*3\r\n$8\r\nfinished\r\n:1\r\n$6\r\nrecord\r\n",
                                         "*3\r\n$8\r\nfinished\r\n:2\r\n$6\r\nrecord\r\n",
                                         "*3\r\n$8\r\nfinished\r\n$1\r\n1\r\n*0\r\n",
                                         "*4\r\n$8\r\nfinished\r\n:1\r\n$-1\r\n$-1\r\n",
                                         "-ERR canary\r\n", "-NOSCRIPT again and again\r\n",
                                         "canary\r\n"));

}  // namespace
}  // namespace modelgates::gateway
