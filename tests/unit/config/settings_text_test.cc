#include "config/settings_text.h"

#include <gmock/gmock.h>

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

}  // namespace
}  // namespace modelgates::gateway
