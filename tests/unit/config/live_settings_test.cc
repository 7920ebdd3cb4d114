#include "config/live_settings.h"

#include <gmock/gmock.h>

#include <fstream>

#include "config/settings.h"
#include "unit/config/load_support.h"

namespace modelgates::gateway {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

// A gateway that was started with a flagfile, which is then changed.
class LiveSettings : public testing::Test {
 protected:
  void Start(std::string_view content, Variables environment = {}) {
    environment_ = std::move(environment);
    Write(content);
    const LoadResult loaded = LoadWith(args_, environment_);
    ASSERT_TRUE(loaded.config) << AllText(loaded);
    config_ = *loaded.config;
    sources_ = loaded.sources;
  }
  SettingsChange ChangeTo(std::string_view content) {
    Write(content);
    return ReadSettingsAgain(config_, sources_, args_, environment_, RulesOfAllRooms());
  }

 private:
  void Write(std::string_view content) { std::ofstream(file_.path()) << content; }

  const TemporaryFile file_{""};
  const std::vector<std::string> args_ = {"--flagfile=" + file_.path(), "--max_interval=20s"};
  Variables environment_;
  Config config_;
  SettingSources sources_;
};

TEST_F(LiveSettings, AreTakenFromTheFlagfile) {
  Start("--max_attempts=2\n--nobreaker\n");
  const SettingsChange change =
      ChangeTo("--max_attempts=7\n--initial_interval=2s\n--log_level=debug\n");
  EXPECT_THAT(change.errors, IsEmpty());
  EXPECT_THAT(change.need_restart, IsEmpty());
  EXPECT_THAT(change.changed, ElementsAre("--max_attempts=7", "--initial_interval=2s",
                                          "--breaker=true", "--log_level=debug"));
  EXPECT_EQ(change.config.max_attempts, 7);
  EXPECT_EQ(change.config.initial_interval, std::chrono::seconds(2));
  EXPECT_TRUE(change.config.breaker) << "the default again";
  EXPECT_EQ(change.config.log_level, Severity::kDebug);
  EXPECT_THAT(change.sources, Contains(Pair("max_attempts", HasSubstr(":1"))));
  EXPECT_FALSE(change.sources.contains("breaker"));
}

TEST_F(LiveSettings, OthersStayAndAreNamed) {
  Start("--title_header=X-Title\n");
  const SettingsChange change = ChangeTo("--title_header=X-Name\n--max_attempts=2\n");
  EXPECT_THAT(change.need_restart, ElementsAre("title_header"));
  EXPECT_EQ(change.config.title_header, "X-Title");
  EXPECT_EQ(change.config.max_attempts, 2);
}

TEST_F(LiveSettings, AreRefusedWholeWhenOneIsWrong) {
  Start("--max_attempts=2\n");
  for (const char* wrong :
       {"--max_attempts=3\n--max_exchanges=none\n", "--max_attempts=3\n--no_such_flag\n",
        "--max_attempts=3\n--initial_interval=50s\n", "--max_attempts=3\n--api_key_file=/none\n"}) {
    const SettingsChange change = ChangeTo(wrong);
    EXPECT_EQ(change.errors.size(), 1u) << wrong;
    EXPECT_THAT(change.changed, IsEmpty()) << wrong;
    EXPECT_EQ(change.config.max_attempts, 2) << wrong;
  }
}

TEST_F(LiveSettings, ChangeNothingWhenNothingChanged) {
  Start("--max_attempts=2\n",
        {{"OAUTH_GATEWAY_HTTP_REFERER", "https://app.example"}, {"MODELGATES_API_KEY", "sk-1"}});
  const SettingsChange change = ChangeTo("--max_attempts=2\n");
  EXPECT_THAT(change.errors, IsEmpty());
  EXPECT_THAT(change.changed, IsEmpty());
  EXPECT_THAT(change.need_restart, IsEmpty());
}

// What SIGHUP must reach, by the contract.
TEST(LiveSettingsTable, HasTheLimitsTheLogAndTheRetries) {
  for (const char* name :
       {"log_level", "max_concurrent_calls", "max_exchanges", "max_attempts", "initial_interval",
        "max_interval", "backoff_exponent", "max_retry_after", "retry_budget",
        "retry_budget_percent", "retry_budget_min_rate", "breaker", "breaker_window",
        "breaker_min_attempts", "breaker_failure_percent", "breaker_probe_interval",
        "breaker_probes", "log_create_success_percent"}) {
    EXPECT_TRUE(FindSetting(name)->live) << name;
  }
  for (const char* name :
       {"listen", "upstream", "credential_mode", "exchange_store", "api_key_file"}) {
    EXPECT_FALSE(FindSetting(name)->live) << name;
  }
}

}  // namespace
}  // namespace modelgates::gateway
