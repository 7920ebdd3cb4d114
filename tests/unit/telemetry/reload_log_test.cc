#include "telemetry/reload_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/log_capture.h"

namespace modelgates::gateway {
namespace {

using ::testing::HasSubstr;

TEST(ReloadLogTest, SaysAndCountsWhatBecameOfAFile) {
  LogCapture capture;
  Metrics metrics;
  ReloadLog log(capture.log(), metrics);
  log.OnReloaded("upstream_ca_file");
  log.OnReloadFailed("upstream_ca_file", "must hold PEM certificates");
  log.OnReloadFailed("upstream_ca_file", "must be a file that can be read");

  const auto reloaded = capture.Lines("reloaded");
  ASSERT_EQ(reloaded.size(), 1u);
  EXPECT_EQ(reloaded[0]["severity"], "INFO");
  EXPECT_EQ(reloaded[0]["setting"], "upstream_ca_file");
  const auto failed = capture.Lines("reload_failed");
  ASSERT_EQ(failed.size(), 2u);
  EXPECT_EQ(failed[0]["severity"], "ERROR");
  EXPECT_EQ(failed[0]["setting"], "upstream_ca_file");
  EXPECT_EQ(failed[0]["error"], "must hold PEM certificates");
  const std::string name = "oauth_gateway_reloads_total{file=\"upstream_ca_file\",result=";
  EXPECT_THAT(metrics.Render(), HasSubstr(name + "\"ok\"} 1\n"));
  EXPECT_THAT(metrics.Render(), HasSubstr(name + "\"failed\"} 2\n"));
}

TEST(ReloadLogTest, SaysWhatBecameOfTheSettings) {
  LogCapture capture;
  Metrics metrics;
  ReloadLog log(capture.log(), metrics);
  log.OnSettingsReloaded(std::vector<std::string>{"--max_attempts=2", "--nobreaker"}, {});
  log.OnSettingsReloaded({}, std::vector<std::string_view>{"listen", "upstream"});

  const auto reloaded = capture.Lines("reloaded");
  ASSERT_EQ(reloaded.size(), 2u);
  EXPECT_EQ(reloaded[0]["severity"], "INFO");
  EXPECT_EQ(reloaded[0]["setting"], "flagfile");
  EXPECT_EQ(reloaded[0]["changed"], "--max_attempts=2 --nobreaker");
  EXPECT_FALSE(reloaded[0].contains("need_restart"));
  EXPECT_EQ(reloaded[1]["severity"], "WARNING");
  EXPECT_EQ(reloaded[1]["changed"], "");
  EXPECT_EQ(reloaded[1]["need_restart"], "listen upstream");
  EXPECT_THAT(metrics.Render(),
              HasSubstr("oauth_gateway_reloads_total{file=\"flagfile\",result=\"ok\"} 2\n"));
}

TEST(ReloadLogTest, CountsEveryFileFromTheStart) {
  const Metrics metrics;
  for (const char* file : {"admin_bearer_file", "upstream_ca_file", "exchange_store_ca_file",
                           "api_key_file", "exchange_pepper_file", "flagfile"}) {
    EXPECT_THAT(metrics.Render(), HasSubstr("oauth_gateway_reloads_total{file=\"" +
                                            std::string(file) + "\",result=\"ok\"} 0\n"));
  }
}

}  // namespace
}  // namespace modelgates::gateway
