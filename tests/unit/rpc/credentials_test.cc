#include "rpc/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "support/fake_loop.h"
#include "unit/rpc/log_capture.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr auto kService = CredentialMode::kService;
constexpr auto kPassthrough = CredentialMode::kPassthrough;
constexpr auto kEither = CredentialMode::kEither;

struct SelectCase {
  std::string name;
  CredentialMode mode;
  std::string authorization;
  std::optional<std::string> selected;  // nullopt: CREDENTIAL_MISSING
};

class SelectTest : public testing::TestWithParam<SelectCase> {};

TEST_P(SelectTest, GivesTheBearer) {
  Config config;
  config.credential_mode = GetParam().mode;
  config.api_key = Secret(std::string_view("sk-own"));
  FakeLoop loop;
  LogCapture capture;
  Credentials credentials(config, loop, capture.log());
  const std::optional<Secret> selected = credentials.Select(GetParam().authorization);
  ASSERT_EQ(selected.has_value(), GetParam().selected.has_value());
  if (selected) {
    EXPECT_EQ(selected->Reveal(), *GetParam().selected);
  }
  EXPECT_EQ(capture.text(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Modes, SelectTest,
    testing::Values(
        SelectCase{"ServiceNone", kService, "", "sk-own"},
        SelectCase{"ServiceIgnoresTheCallers", kService, "Bearer sk-c", "sk-own"},
        SelectCase{"PassthroughNone", kPassthrough, "", std::nullopt},
        SelectCase{"PassthroughBearer", kPassthrough, "Bearer sk-c", "Bearer sk-c"},
        SelectCase{"PassthroughLowerCase", kPassthrough, "bearer sk-c", "bearer sk-c"},
        SelectCase{"PassthroughUpperCase", kPassthrough, "BEARER sk-c", "BEARER sk-c"},
        SelectCase{"PassthroughTwoSpaces", kPassthrough, "Bearer  sk-c", "Bearer  sk-c"},
        SelectCase{"PassthroughSpaceAtTheEnd", kPassthrough, "Bearer sk-c ", "Bearer sk-c"},
        SelectCase{"PassthroughSchemeAlone", kPassthrough, "Bearer", std::nullopt},
        SelectCase{"PassthroughBlank", kPassthrough, "Bearer   ", std::nullopt},
        SelectCase{"PassthroughTab", kPassthrough, "Bearer \t", std::nullopt},
        SelectCase{"PassthroughNoScheme", kPassthrough, "sk-c", std::nullopt},
        SelectCase{"PassthroughLongerScheme", kPassthrough, "Bearers sk-c", std::nullopt},
        SelectCase{"PassthroughBasic", kPassthrough, "Basic dTpw", std::nullopt},
        SelectCase{"PassthroughLineEnd", kPassthrough, "Bearer a\r\nX: y", std::nullopt},
        SelectCase{"PassthroughControl", kPassthrough, "Bearer a\x01", std::nullopt},
        SelectCase{"PassthroughDelete", kPassthrough, "Bearer a\x7f", std::nullopt},
        SelectCase{"PassthroughInnerTab", kPassthrough, "Bearer a\tb", "Bearer a\tb"},
        SelectCase{"PassthroughNonAscii", kPassthrough, "Bearer \u00e4", std::nullopt},
        SelectCase{"EitherNone", kEither, "", "sk-own"},
        SelectCase{"EitherBearer", kEither, "Bearer sk-c", "Bearer sk-c"},
        SelectCase{"EitherBlank", kEither, "Bearer ", "sk-own"},
        SelectCase{"EitherBasic", kEither, "Basic dTpw", "sk-own"}),
    [](const auto& row) { return row.param.name; });

// Given a key file that holds "sk-1", loaded.
class KeyFileTest : public testing::Test {
 protected:
  KeyFileTest() {
    std::string pattern = testing::TempDir() + "credentials_XXXXXX";
    directory_ = mkdtemp(pattern.data());
    config_.api_key_file = directory_ + "/key";
    config_.api_key = Secret(std::string_view("sk-1"));
    Write("sk-1\n");
  }
  ~KeyFileTest() override { std::filesystem::remove_all(directory_); }

  // As deployments do: a new file takes the old one's place.
  void Write(std::string_view text) {
    const std::string next = config_.api_key_file + ".next";
    std::ofstream(next) << text;
    std::filesystem::rename(next, config_.api_key_file);
  }
  void Delete() { std::filesystem::remove(config_.api_key_file); }

  std::string Selected() { return std::string(credentials().Select("")->Reveal()); }

  Credentials& credentials() {
    if (!credentials_) credentials_.emplace(config_, loop_, capture_.log());
    return *credentials_;
  }
  size_t Count(std::string_view event) const {
    size_t count = 0;
    for (const auto& line : capture_.Lines()) count += line["event"] == event ? 1 : 0;
    EXPECT_THAT(capture_.text(), Not(HasSubstr("sk-")));
    return count;
  }

  std::string directory_;
  Config config_;
  FakeLoop loop_;
  LogCapture capture_;
  std::optional<Credentials> credentials_;
};

TEST_F(KeyFileTest, UsesANewKeyWithinASecond) {
  EXPECT_EQ(Selected(), "sk-1");
  Write("sk-2\n");
  loop_.Advance(999ms);
  EXPECT_EQ(Selected(), "sk-1");
  loop_.Advance(1ms);
  EXPECT_EQ(Selected(), "sk-2");
  EXPECT_EQ(Count("reloaded"), 1u);
  EXPECT_EQ(Count("reload_failed"), 0u);
}

TEST_F(KeyFileTest, SeesAChangeBetweenLoadingAndTheFirstCall) {
  Write("sk-2");
  EXPECT_EQ(Selected(), "sk-2");
}

TEST_F(KeyFileTest, SaysNothingOfTheSameKeyWrittenAgain) {
  EXPECT_EQ(Selected(), "sk-1");
  Write(" sk-1\r\n");
  loop_.Advance(1s);
  EXPECT_EQ(Selected(), "sk-1");
  EXPECT_EQ(capture_.text(), "");
}

TEST_F(KeyFileTest, KeepsTheOldKeyWhileTheFileIsBroken) {
  EXPECT_EQ(Selected(), "sk-1");
  for (const std::string_view broken : {"sk-\x01\n2", "sk-\u00e4", "sk-a\r\nsk-b", ""}) {
    Write(broken);
    loop_.Advance(1s);
    EXPECT_EQ(Selected(), "sk-1") << broken;
  }
  EXPECT_EQ(Count("reload_failed"), 4u);
  Write("sk-2");
  loop_.Advance(1s);
  EXPECT_EQ(Selected(), "sk-2");
}

TEST_F(KeyFileTest, KeepsTheOldKeyWhileTheFileIsGone) {
  EXPECT_EQ(Selected(), "sk-1");
  Delete();
  for (int i = 0; i < 5; ++i) {
    loop_.Advance(1s);
    EXPECT_EQ(Selected(), "sk-1");
  }
  EXPECT_EQ(Count("reload_failed"), 1u);
  Write("sk-2");
  loop_.Advance(1s);
  EXPECT_EQ(Selected(), "sk-2");
}

TEST_F(KeyFileTest, SaysWhyTheFileIsBroken) {
  EXPECT_EQ(Selected(), "sk-1");
  Write("KEY=sk-2");
  loop_.Advance(1s);
  EXPECT_EQ(Selected(), "sk-1");
  ASSERT_EQ(Count("reload_failed"), 1u);
  EXPECT_EQ(capture_.Lines().front()["error"], "must hold the key alone, not NAME=key");
}

TEST_F(KeyFileTest, LooksAtOnceAfterARefusal) {
  EXPECT_EQ(Selected(), "sk-1");
  EXPECT_FALSE(credentials().RefreshAfterRefusal());
  Write("sk-2");
  EXPECT_TRUE(credentials().RefreshAfterRefusal());
  EXPECT_EQ(Selected(), "sk-2");
  EXPECT_FALSE(credentials().RefreshAfterRefusal());
}

TEST_F(KeyFileTest, TellsEveryRefusedCallOfTheNewKey) {
  const Secret first = *credentials().Select("");
  Write("sk-2");
  EXPECT_TRUE(credentials().RefreshAfterRefusal(first));
  EXPECT_TRUE(credentials().RefreshAfterRefusal(first));
  const Secret second = *credentials().Select("");
  EXPECT_FALSE(credentials().RefreshAfterRefusal(second));
}

TEST_F(KeyFileTest, NeverRepeatsACallWithTheCallersOwnBearer) {
  config_.credential_mode = kPassthrough;
  const Secret bearer = *credentials().Select("Bearer sk-c");
  Write("sk-2");
  EXPECT_FALSE(credentials().RefreshAfterRefusal());
  EXPECT_FALSE(credentials().RefreshAfterRefusal(bearer));
}

TEST(Credentials, HasNothingToRefreshWithoutAFile) {
  Config config;
  config.api_key = Secret(std::string_view("sk-own"));
  FakeLoop loop;
  LogCapture capture;
  Credentials credentials(config, loop, capture.log());
  const Secret key = *credentials.Select("");
  EXPECT_FALSE(credentials.RefreshAfterRefusal());
  EXPECT_FALSE(credentials.RefreshAfterRefusal(key));
}

}  // namespace
}  // namespace modelgates::gateway
