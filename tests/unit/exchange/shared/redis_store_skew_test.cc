#include <absl/strings/escaping.h>
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "exchange/shared/exchange_record.h"
#include "unit/exchange/shared/store_fixture.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using testing::StartsWith;

// What version 0.1.0 has in the store, and its scripts. During a rollout it shares the store with
// this one. A release adds a folder and takes the one before the last away.
class RedisStoreSkew : public StoreFixture {
 protected:
  static std::string ReadReleased(const std::string& name) {
    std::ifstream file(std::string(RELEASED_STORE) + "/0.1.0/" + name);
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_NE(text.str(), "") << name;
    return text.str();
  }

  // As that version answers.
  std::string RunReleased(const std::string& script, const std::vector<std::string>& args) {
    std::vector<std::string> command = {"EVAL", ReadReleased(script + ".lua"), "1", key_};
    command.insert(command.end(), args.begin(), args.end());
    return admin_.Call(command);
  }
  std::string ClaimReleased() {
    return RunReleased("claim", {kFence, "1", "10000000", "20000000"});
  }
  // The bytes of a finished exchange.
  std::string Record() const {
    return absl::HexStringToBytes(records_["finished"]["record"].get<std::string>());
  }
  void Put(const std::string& name) {
    admin_.Call({"DEL", key_});
    for (const auto& [field, value] : records_[name].items()) {
      admin_.Call({"HSET", key_, field, field == "record" ? Record() : value.get<std::string>()});
    }
  }
  void ExpectTheKey(const Exchange& exchange) {
    const auto record = FromExchangeRecord(exchange.record());
    ASSERT_TRUE(record);
    const auto* key = std::get_if<ApiKey>(&*record);
    ASSERT_NE(key, nullptr);
    EXPECT_EQ(key->key.Reveal(), "canary-key");
    EXPECT_EQ(key->user_id, "canary-user");
  }

  static constexpr char kFence[] = "0123456789abcdef0123456789abcdef";
  const nlohmann::json records_ = nlohmann::json::parse(ReadReleased("records.json"));
  const std::string key_ = records_["key"];
  Exchange mine_{one_, identity_};
};

TEST_F(RedisStoreSkew, ARecordOfTheLastReleaseMeansWhatItMeant) {
  Put("reserved");
  EXPECT_EQ(mine_.Claim(), Found::kReserved);
  Put("sending");
  EXPECT_EQ(mine_.Claim(), Found::kSending);
  EndLease();
  EXPECT_EQ(mine_.Claim(), Found::kLost);
  Put("finished");
  ASSERT_EQ(mine_.Claim(), Found::kFinished);
  ExpectTheKey(mine_);
  EXPECT_EQ(Field("replays"), "4");
  admin_.Call({"DEL", key_});
  admin_.Call({"SET", key_ + ":given_out", records_["given_out"]});
  EXPECT_EQ(mine_.Claim(), Found::kGivenOut);
  admin_.Call({"DEL", key_ + ":given_out"});
  Put("reserved");
  EndLease();
  EXPECT_EQ(mine_.Claim(), Found::kClaimed);
  EXPECT_EQ(Key(), key_);
}

TEST_F(RedisStoreSkew, TheLastReleaseUnderstandsWhatIsWrittenToday) {
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  EXPECT_EQ(ClaimReleased(), "[$reserved]");
  ASSERT_EQ(mine_.BeginSending(), Step::kDone);
  EXPECT_EQ(ClaimReleased(), "[$sending]");
  EndLease();
  EXPECT_EQ(ClaimReleased(), "[$lost]");
  ASSERT_EQ(mine_.Finish("record", 1, 1'000s, 2'000s), Step::kDone);
  // The first byte of the record is the version of its seal.
  EXPECT_THAT(ClaimReleased(), StartsWith("[$finished :1 $\x01"));
  EXPECT_EQ(ClaimReleased(), "[$given_out]");
}

TEST_F(RedisStoreSkew, AClaimOfTheLastReleaseIsRespectedUntilItsEnd) {
  ASSERT_EQ(ClaimReleased(), "[$claimed]");
  EXPECT_EQ(mine_.Claim(), Found::kReserved);
  EXPECT_EQ(mine_.BeginSending(), Step::kNotOurs);
  ASSERT_EQ(RunReleased("hold", {kFence, "2", "sending", "10000000", "20000000", "30000000"}),
            ":1");
  EXPECT_EQ(mine_.Claim(), Found::kSending);
  ASSERT_EQ(RunReleased("finish", {kFence, "3", Record(), "5", "20000000", "30000000"}), ":1");
  ASSERT_EQ(mine_.Claim(), Found::kFinished);
  ExpectTheKey(mine_);
}

TEST_F(RedisStoreSkew, WhatTheLastReleaseForgetsIsFree) {
  ASSERT_EQ(ClaimReleased(), "[$claimed]");
  ASSERT_EQ(RunReleased("forget", {kFence, "2"}), ":1");
  EXPECT_EQ(mine_.Claim(), Found::kClaimed);
  EXPECT_EQ(RunReleased("forget", {kFence, "3"}), ":0");
}

TEST_F(RedisStoreSkew, FieldsOfTomorrowChangeNothing) {
  const auto add_field = [this] { SetField("tomorrow", "value"); };
  ASSERT_EQ(mine_.Claim(), Found::kClaimed);
  add_field();
  Exchange theirs(other_, identity_);
  EXPECT_EQ(theirs.Claim(), Found::kReserved);
  EXPECT_EQ(mine_.BeginSending(), Step::kDone);
  EXPECT_EQ(theirs.Claim(), Found::kSending);
  ASSERT_EQ(mine_.Finish("record", 5), Step::kDone);
  add_field();
  ASSERT_EQ(theirs.Claim(), Found::kFinished);
  EXPECT_EQ(theirs.record(), "record");
}

TEST_F(RedisStoreSkew, ASealOfTomorrowIsAnUnknownOutcome) {
  Put("finished");
  std::string record = Record();
  record[0] = '\x02';
  SetField("record", record);
  EXPECT_EQ(mine_.Claim(), Found::kUnreadable);
}

}  // namespace
}  // namespace modelgates::gateway
