#include "request/caller_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "support/fake_loop.h"
#include "support/mounted_secret.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

// Given two keys in a folder as Kubernetes mounts it.
class CallerKeysTest : public testing::Test, public ReloadObserver {
 protected:
  // Null: it has no such file.
  void Mount(const char* a, const char* b) {
    MountedSecret::Files files;
    if (a != nullptr) files["a"] = a;
    if (b != nullptr) files["b"] = b;
    secret_.Mount(files);
  }

  void OnReloaded(std::string_view setting) override { told_.emplace_back(setting); }
  void OnReloadFailed(std::string_view setting, std::string_view why) override {
    told_.push_back(std::string(setting) + " " + std::string(why));
  }

  CallerKeys& keys() {
    if (!keys_) keys_.emplace(secret_.folder(), loop_, this, *std::pmr::new_delete_resource());
    return *keys_;
  }
  // As when rules are read.
  void Use(const std::set<std::string>& names) {
    keys().SetFiles(ReadCallerKeys(secret_.folder(), names));
  }
  std::string Key(const std::string& name) { return std::string(keys().Find(name)); }

  // Until the files were looked at once more: the timer is set again then.
  void Look() {
    loop_.Advance(1s);
    while (!loop_.HasTimer()) {
      std::this_thread::yield();
      loop_.Run();
    }
  }

  MountedSecret secret_{{{"a", "sk-a1"}, {"b", "sk-b1"}}};
  FakeLoop loop_;
  std::vector<std::string> told_;
  std::optional<CallerKeys> keys_;
};

TEST_F(CallerKeysTest, AreThoseOfTheRulesAndNoOthers) {
  Use({"a"});
  EXPECT_EQ(Key("a"), "sk-a1");
  EXPECT_EQ(Key("b"), "");
  Use({"b"});
  EXPECT_EQ(Key("a"), "");
  EXPECT_EQ(Key("b"), "sk-b1");
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(CallerKeysTest, FollowTheirFilesWithinASecond) {
  Use({"a", "b"});
  Look();
  EXPECT_THAT(told_, IsEmpty());
  Mount("sk-a2", "sk-b1");
  EXPECT_EQ(Key("a"), "sk-a1");
  Look();
  EXPECT_EQ(Key("a"), "sk-a2");
  EXPECT_EQ(Key("b"), "sk-b1");
  EXPECT_THAT(told_, ElementsAre("caller_keys_dir"));
}

// Rules that are read again between two looks bring no other key than the looks do.
TEST_F(CallerKeysTest, StayWhenTheRulesChange) {
  Use({"a"});
  Mount("sk-a2", "sk-b2");
  Use({"a", "b"});
  EXPECT_EQ(Key("a"), "sk-a1");
  EXPECT_EQ(Key("b"), "sk-b2");
  Look();
  EXPECT_EQ(Key("a"), "sk-a2");
  EXPECT_THAT(told_, ElementsAre("caller_keys_dir"));
}

struct BrokenCase {
  const char* name;
  const char* content;  // null: there is no file
  const char* rule;
};

class BrokenKey : public CallerKeysTest, public testing::WithParamInterface<BrokenCase> {};

// Given a key in use, when its file becomes broken, then it is used for the time that a replacement
// may take, and then there is none, until the file holds one again.
TEST_P(BrokenKey, IsNoKeyAfterAWhile) {
  Use({"a", "b"});
  Look();
  Mount(GetParam().content, "sk-b1");
  Look();
  const std::string told = std::string("caller_keys_dir a ") + GetParam().rule;
  EXPECT_THAT(told_, ElementsAre(told + "; calls of its callers are refused in 10 s"));
  for (int seconds = 1; seconds < 10; ++seconds) {
    Look();
    EXPECT_EQ(Key("a"), "sk-a1") << seconds;
  }
  Look();
  EXPECT_EQ(Key("a"), "");
  EXPECT_EQ(Key("b"), "sk-b1");
  EXPECT_EQ(told_.size(), 1U);
  Mount("sk-a3", "sk-b1");
  Look();
  EXPECT_EQ(Key("a"), "sk-a3");
  EXPECT_EQ(told_.size(), 2U);
}

TEST_P(BrokenKey, IsNoKeyFromTheStart) {
  Mount(GetParam().content, "sk-b1");
  Use({"a", "b"});
  EXPECT_EQ(Key("a"), "");
  EXPECT_EQ(Key("b"), "sk-b1");
  Look();
  EXPECT_THAT(told_, ElementsAre(std::string("caller_keys_dir a ") + GetParam().rule +
                                 "; calls of its callers are refused"));
  Mount("sk-a2", "sk-b1");
  Look();
  EXPECT_EQ(Key("a"), "sk-a2");
}

constexpr char kOneLine[] =
    "must hold the key alone: one line of visible ASCII characters, without spaces";

INSTANTIATE_TEST_SUITE_P(
    , BrokenKey,
    testing::Values(BrokenCase{"Gone", nullptr,
                               "must be a file that can be read: No such file or directory"},
                    BrokenCase{"Empty", "\n", "must hold a key, the file is empty"},
                    BrokenCase{"TwoLines", "sk-a\nsk-b", kOneLine},
                    BrokenCase{"Garbage", "\x01\x02", kOneLine},
                    BrokenCase{"Assignment", "KEY=sk-2", "must hold the key alone, not NAME=key"}),
    [](const auto& row) { return row.param.name; });

// Given a file that breaks and is repaired again and again, each time for less than the while, then
// there is always a key.
TEST_F(CallerKeysTest, SurviveAFileThatIsBrokenForAMoment) {
  Use({"a"});
  for (int i = 0; i < 5; ++i) {
    Mount(nullptr, nullptr);
    for (int seconds = 0; seconds < 9; ++seconds) {
      Look();
      EXPECT_NE(Key("a"), "");
    }
    const std::string next = "sk-next" + std::to_string(i);
    Mount(next.c_str(), nullptr);
    Look();
    EXPECT_EQ(Key("a"), next);
  }
}

TEST_F(CallerKeysTest, AreLookedAtAtOnceForARefusedCall) {
  Use({"a"});
  Mount("sk-a2", "sk-b1");
  const std::stop_token never;
  bool done = false;
  const auto run = [&]() -> Task<void> {
    Task<void> refresh = keys().Refresh(TimePoint::max(), never);
    co_await refresh;
    done = true;
  };
  Spawn(run());
  while (!done) {
    std::this_thread::yield();
    loop_.Run();
  }
  EXPECT_EQ(Key("a"), "sk-a2");
}

}  // namespace
}  // namespace modelgates::gateway
