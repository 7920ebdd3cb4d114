#include "request/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "support/fake_loop.h"
#include "support/log_capture.h"

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
  std::vector<std::string_view> authorization;  // all values of the metadata
  std::optional<std::string> selected;          // nullopt: CREDENTIAL_MISSING
  KeyOwner owner = KeyOwner::kGateway;
};

class SelectTest : public testing::TestWithParam<SelectCase> {};

TEST_P(SelectTest, GivesTheBearer) {
  Config config;
  config.credential_mode = GetParam().mode;
  config.api_key = Secret(std::string_view("sk-own"));
  FakeLoop loop;
  LogCapture capture;
  Credentials credentials(config, loop, capture.log());
  const std::optional<Credential> selected = credentials.Select(GetParam().authorization);
  ASSERT_EQ(selected.has_value(), GetParam().selected.has_value());
  if (selected) {
    EXPECT_EQ(selected->bearer.Reveal(), *GetParam().selected);
    EXPECT_EQ(selected->owner, GetParam().owner);
  }
  EXPECT_EQ(capture.text(), "");
}

// What a caller sends, by what becomes of it in the modes where it counts.
struct Sent {
  std::string name;
  std::vector<std::string_view> authorization;
  std::optional<std::string> bearer;  // nullopt: none
};

std::vector<SelectCase> AllModes() {
  const Sent kSent[] = {
      {"Bearer", {"Bearer sk-c"}, "Bearer sk-c"},
      {"LowerCase", {"bearer sk-c"}, "bearer sk-c"},
      {"UpperCase", {"BEARER sk-c"}, "BEARER sk-c"},
      {"TwoSpaces", {"Bearer  sk-c"}, "Bearer  sk-c"},
      {"SpaceAtTheEnd", {"Bearer sk-c "}, "Bearer sk-c"},
      {"InnerTab", {"Bearer a\tb"}, "Bearer a\tb"},
      {"Empty", {""}, std::nullopt},
      {"Space", {" "}, std::nullopt},
      {"SchemeAlone", {"Bearer"}, std::nullopt},
      {"Blank", {"Bearer   "}, std::nullopt},
      {"Tab", {"Bearer \t"}, std::nullopt},
      {"NoScheme", {"sk-c"}, std::nullopt},
      {"LongerScheme", {"Bearers sk-c"}, std::nullopt},
      {"Basic", {"Basic dTpw"}, std::nullopt},
      {"LineEnd", {"Bearer a\r\nX: y"}, std::nullopt},
      {"Control", {"Bearer a\x01"}, std::nullopt},
      {"Delete", {"Bearer a\x7f"}, std::nullopt},
      {"NonAscii", {"Bearer \u00e4"}, std::nullopt},
      {"Two", {"Bearer sk-c", "Bearer sk-d"}, std::nullopt},
      {"TheSameTwice", {"Bearer sk-c", "Bearer sk-c"}, std::nullopt},
      {"OneOfTwo", {"Basic dTpw", "Bearer sk-c"}, std::nullopt},
  };
  std::vector<SelectCase> rows = {{"ServiceNothing", kService, {}, "sk-own"},
                                  {"PassthroughNothing", kPassthrough, {}, std::nullopt},
                                  {"EitherNothing", kEither, {}, "sk-own"}};
  for (const Sent& sent : kSent) {
    rows.push_back({"Service" + sent.name, kService, sent.authorization, "sk-own"});
    rows.push_back({"Passthrough" + sent.name, kPassthrough, sent.authorization, sent.bearer,
                    KeyOwner::kCaller});
    rows.push_back(
        {"Either" + sent.name, kEither, sent.authorization, sent.bearer, KeyOwner::kCaller});
  }
  return rows;
}

INSTANTIATE_TEST_SUITE_P(Modes, SelectTest, testing::ValuesIn(AllModes()),
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

  std::string Selected() { return std::string(credentials().Select({})->bearer.Reveal()); }

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
  const Credential first = *credentials().Select({});
  EXPECT_FALSE(credentials().RefreshAfterRefusal(first));
  Write("sk-2");
  EXPECT_TRUE(credentials().RefreshAfterRefusal(first));
  EXPECT_EQ(Selected(), "sk-2");
}

TEST_F(KeyFileTest, TellsEveryRefusedCallOfTheNewKey) {
  for (const CredentialMode mode : {kService, kEither}) {
    config_.credential_mode = mode;
    credentials_.reset();
    Write("sk-1");
    const Credential first = *credentials().Select({});
    Write("sk-2");
    EXPECT_TRUE(credentials().RefreshAfterRefusal(first));
    EXPECT_TRUE(credentials().RefreshAfterRefusal(first));
    const Credential second = *credentials().Select({});
    EXPECT_FALSE(credentials().RefreshAfterRefusal(second));
  }
}

TEST_F(KeyFileTest, NeverRepeatsACallWithTheCallersOwnBearer) {
  for (const CredentialMode mode : {kPassthrough, kEither}) {
    config_.credential_mode = mode;
    credentials_.reset();
    const std::string_view bearer = "Bearer sk-c";
    const Credential callers = *credentials().Select({&bearer, 1});
    Write("sk-2");
    EXPECT_FALSE(credentials().RefreshAfterRefusal(callers));
  }
}

TEST(Credentials, HasNothingToRefreshWithoutAFile) {
  Config config;
  config.api_key = Secret(std::string_view("sk-own"));
  FakeLoop loop;
  LogCapture capture;
  Credentials credentials(config, loop, capture.log());
  const Credential key = *credentials.Select({});
  EXPECT_FALSE(credentials.RefreshAfterRefusal(key));
}

}  // namespace
}  // namespace modelgates::gateway
