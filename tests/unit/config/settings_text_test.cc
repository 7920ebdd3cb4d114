#include "config/settings_text.h"

#include <gmock/gmock.h>

#include <map>
#include <sstream>

#include "config/settings.h"
#include "unit/config/load_support.h"

namespace modelgates::gateway {
namespace {

using ::testing::HasSubstr;

TEST(HelpText, FitsATerminalAndNamesEverySetting) {
  const std::string help = HelpText();
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
  for (const Setting& setting : Settings()) {
    EXPECT_THAT(help, HasSubstr(std::string(setting.name)));
    EXPECT_THAT(help, HasSubstr(setting.EnvironmentName() + "\n"));
  }
}

TEST(DescribeSettings, IsAFlagfileThatGivesTheSameSettings) {
  const LoadResult first =
      LoadWith({"--max_attempts=2", "--noreflection",
                "--admin_listen=", "--http_referer=https://app.example/?a=b@c"});
  ASSERT_TRUE(first.config) << AllText(first);
  const std::string text = DescribeSettings(*first.config, false);
  const TemporaryFile file(text);
  const LoadResult second = LoadWith({"--flagfile=" + file.path()});
  ASSERT_TRUE(second.config) << AllText(second);
  EXPECT_EQ(DescribeSettings(*second.config, false), text);
}

TEST(DescribeSettings, SaysWhereValuesCameFrom) {
  const LoadResult loaded = LoadWith({"--max_attempts=2"}, {{"OAUTH_GATEWAY_MAX_EXCHANGES", "7"}});
  ASSERT_TRUE(loaded.config) << AllText(loaded);
  const std::string text = DescribeSettings(*loaded.config, true, loaded.sources);
  EXPECT_THAT(text,
              HasSubstr("\n# command line, argument 1\n--max_attempts=2\n--initial_interval"));
  EXPECT_THAT(text, HasSubstr("\n# environment variable OAUTH_GATEWAY_MAX_EXCHANGES\n"
                              "--max_exchanges=7\n"));
  EXPECT_THAT(text, HasSubstr("# the gateway's key: <redacted>\n"));
}

TEST(ChangedSettings, AreThoseWithAnotherValueThanTheDefault) {
  const LoadResult loaded = LoadWith({"--max_attempts=2", "--initial_interval=500ms"});
  ASSERT_TRUE(loaded.config) << AllText(loaded);
  Config config = *loaded.config;
  config.upstream = "https://user:canary@example.com/api";
  std::map<std::string, ShownSetting> changed;
  for (ShownSetting& setting : ChangedSettings(config, loaded.sources)) {
    changed.emplace(setting.name, setting);
  }
  ASSERT_EQ(changed.size(), 2u) << "500 ms is the default";
  EXPECT_EQ(changed["max_attempts"].value, "2");
  EXPECT_EQ(changed["max_attempts"].source, "command line, argument 1");
  EXPECT_EQ(changed["upstream"].value, "https://<redacted>@example.com/api");
}

TEST(FilesOf, AreTheSettingsThatNameAFile) {
  Config config;
  EXPECT_THAT(FilesOf(config), testing::IsEmpty());
  config.api_key_file = "/run/key";
  config.caller_keys_dir = "/run/keys";
  EXPECT_THAT(FilesOf(config), testing::UnorderedElementsAre("api_key_file", "caller_keys_dir"));
}

}  // namespace
}  // namespace modelgates::gateway
