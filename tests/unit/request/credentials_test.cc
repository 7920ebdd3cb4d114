#include "request/credentials.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>
#include <tuple>
#include <vector>

#include "support/fake_loop.h"
#include "support/temporary_folder.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kService = CredentialMode::kService;
constexpr auto kPassthrough = CredentialMode::kPassthrough;
constexpr auto kEither = CredentialMode::kEither;

// Where the rule of a caller has a key file, it decides, in each mode and whatever is sent: its key
// or none. (The settings allow it in kService only.)
struct RuleCase {
  std::string name;
  std::string content;                  // of the caller's key file
  std::optional<std::string> selected;  // nullopt: CREDENTIAL_MISSING
};

class RuleKeyTest : public testing::TestWithParam<std::tuple<CredentialMode, size_t, RuleCase>> {};

TEST_P(RuleKeyTest, IsTheOnlyOne) {
  const auto& [mode, sent, rule] = GetParam();
  const std::vector<std::string_view> authorizations[] = {{}, {"Bearer sk-c"}, {"Basic dTpw"}};
  const std::string key_file = "checkout";
  Config config;
  config.credential_mode = mode;
  config.api_key = Secret(std::string_view("sk-own"));
  FakeLoop loop;
  Credentials credentials(config, loop, nullptr);
  absl::StatusOr<Secret> key = Secret(rule.content);
  if (rule.content.empty()) key = absl::InvalidArgumentError("must hold a key");
  credentials.caller_keys().SetFiles({{key_file, std::nullopt, std::move(key)}});
  const auto selected = credentials.Select(authorizations[sent], &key_file);
  ASSERT_EQ(selected.has_value(), rule.selected.has_value());
  if (selected) {
    EXPECT_EQ(selected->bearer.Reveal(), *rule.selected);
    EXPECT_EQ(selected->owner, KeyOwner::kRule);
    EXPECT_EQ(selected->identity(), key_file);
  }
  const std::string of_nobody = "another";
  EXPECT_FALSE(credentials.Select(authorizations[sent], &of_nobody));
}

INSTANTIATE_TEST_SUITE_P(Modes, RuleKeyTest,
                         testing::Combine(testing::Values(kService, kPassthrough, kEither),
                                          testing::Values(0, 1, 2),
                                          testing::Values(RuleCase{"Key", "sk-r", "sk-r"},
                                                          RuleCase{"Unusable", "", {}})));

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
  Credentials credentials(config, loop, nullptr);
  const std::optional<Credential> selected = credentials.Select(GetParam().authorization);
  ASSERT_EQ(selected.has_value(), GetParam().selected.has_value());
  if (selected) {
    EXPECT_EQ(selected->bearer.Reveal(), *GetParam().selected);
    EXPECT_EQ(selected->owner, GetParam().owner);
    // A rotation of the gateway's key does not change who somebody is.
    EXPECT_EQ(selected->identity(),
              selected->owner == KeyOwner::kCaller ? selected->bearer.Reveal() : "");
  }
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
class KeyFileTest : public testing::Test, public ReloadObserver {
 protected:
  KeyFileTest() {
    config_.api_key_file = folder_ / "key";
    config_.api_key = Secret(std::string_view("sk-1"));
    Write("sk-1\n");
  }

  // As deployments do: a new file takes the old one's place.
  void Write(std::string_view text) {
    const std::string next = config_.api_key_file + ".next";
    std::ofstream(next) << text;
    std::filesystem::rename(next, config_.api_key_file);
  }

  void OnReloaded(std::string_view setting) override { told_.emplace_back(setting); }
  void OnReloadFailed(std::string_view setting, std::string_view why) override {
    told_.push_back(std::string(setting) + " " + std::string(why));
  }

  Credentials& credentials() {
    if (!credentials_) credentials_.emplace(config_, loop_, this);
    return *credentials_;
  }
  std::string Selected() { return std::string(credentials().Select({})->bearer.Reveal()); }

  // Until the file was looked at once more: its timer is set again then.
  void Look() {
    credentials();
    loop_.Advance(1s);
    while (!loop_.HasTimer()) {
      std::this_thread::yield();
      loop_.Run();
    }
  }

  // RefreshAfterRefusal under way.
  struct Refresh {
    std::stop_source stop;
    std::optional<bool> replaced;
  };
  static Task<void> Run(Credentials& credentials, Credential refused, TimePoint deadline,
                        Refresh& refresh) {
    const std::stop_token stop = refresh.stop.get_token();
    Task<bool> task = credentials.RefreshAfterRefusal(refused, deadline, stop);
    refresh.replaced = co_await task;
  }
  void Start(const Credential& refused, TimePoint deadline, Refresh& refresh) {
    Spawn(Run(credentials(), refused, deadline, refresh));
    loop_.Run();
  }
  // To its end.
  bool RefreshAfterRefusal(const Credential& refused) {
    Refresh refresh;
    Start(refused, TimePoint::max(), refresh);
    while (!refresh.replaced) {
      std::this_thread::yield();
      loop_.Run();
    }
    return *refresh.replaced;
  }

  const TemporaryFolder folder_{"credentials"};
  Config config_;
  FakeLoop loop_;
  std::vector<std::string> told_;
  std::optional<Credentials> credentials_;
};

TEST_F(KeyFileTest, UsesANewKeyWithinASecond) {
  Look();
  EXPECT_EQ(Selected(), "sk-1");
  EXPECT_THAT(told_, IsEmpty());
  Write("sk-2\n");
  loop_.Advance(999ms);
  EXPECT_EQ(Selected(), "sk-1");
  Look();
  EXPECT_EQ(Selected(), "sk-2");
  EXPECT_THAT(told_, ElementsAre("api_key_file"));
}

TEST_F(KeyFileTest, SeesAChangeBetweenLoadingAndTheFirstLook) {
  Write("sk-2");
  Look();
  EXPECT_EQ(Selected(), "sk-2");
}

TEST_F(KeyFileTest, SaysNothingOfTheSameKeyWrittenAgain) {
  Look();
  Write(" sk-1\r\n");
  Look();
  EXPECT_EQ(Selected(), "sk-1");
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(KeyFileTest, KeepsTheOldKeyWhileTheFileIsBroken) {
  for (const std::string_view broken :
       {"sk-\x01\n2", "sk-\u00e4", "sk-a\r\nsk-b", "KEY=sk-2", ""}) {
    Write(broken);
    Look();
    EXPECT_EQ(Selected(), "sk-1") << broken;
  }
  constexpr std::string_view kOneLine =
      "api_key_file must hold the key alone: one line of visible ASCII characters, without spaces";
  EXPECT_THAT(told_, ElementsAre(kOneLine, kOneLine, kOneLine,
                                 "api_key_file must hold the key alone, not NAME=key",
                                 "api_key_file must hold a key, the file is empty"));
  Write("sk-2");
  Look();
  EXPECT_EQ(Selected(), "sk-2");
}

TEST_F(KeyFileTest, KeepsTheOldKeyWhileTheFileIsGone) {
  std::filesystem::remove(config_.api_key_file);
  for (int i = 0; i < 5; ++i) {
    Look();
    EXPECT_EQ(Selected(), "sk-1");
  }
  EXPECT_THAT(told_, ElementsAre("api_key_file must be a file that can be read: No such file or "
                                 "directory"));
  Write("sk-2");
  Look();
  EXPECT_EQ(Selected(), "sk-2");
}

TEST_F(KeyFileTest, LooksAtOnceAfterARefusal) {
  const Credential first = *credentials().Select({});
  EXPECT_FALSE(RefreshAfterRefusal(first));
  Write("sk-2");
  EXPECT_TRUE(RefreshAfterRefusal(first));
  EXPECT_EQ(Selected(), "sk-2");
}

TEST_F(KeyFileTest, TellsEveryRefusedCallOfTheNewKey) {
  for (const CredentialMode mode : {kService, kEither}) {
    config_.credential_mode = mode;
    credentials_.reset();
    Write("sk-1");
    const Credential first = *credentials().Select({});
    Write("sk-2");
    EXPECT_TRUE(RefreshAfterRefusal(first));
    EXPECT_TRUE(RefreshAfterRefusal(first));
    const Credential second = *credentials().Select({});
    EXPECT_FALSE(RefreshAfterRefusal(second));
  }
}

TEST_F(KeyFileTest, NeverRepeatsACallWithTheCallersOwnBearer) {
  for (const CredentialMode mode : {kPassthrough, kEither}) {
    config_.credential_mode = mode;
    credentials_.reset();
    const std::string_view bearer = "Bearer sk-c";
    const Credential callers = *credentials().Select({&bearer, 1});
    Write("sk-2");
    EXPECT_FALSE(RefreshAfterRefusal(callers));
  }
}

// Given a key file on a disk that hangs, when a call is refused, then it waits for the file for a
// second, for its deadline, or until it is stopped, and the loop goes on.
TEST_F(KeyFileTest, MayHangWhileARefusedCallWaitsForIt) {
  std::filesystem::remove(config_.api_key_file);
  ASSERT_EQ(mkfifo(config_.api_key_file.c_str(), 0600), 0);
  const Credential first = *credentials().Select({});
  Refresh patient;
  Refresh hasty;
  Refresh stopped;
  Start(first, TimePoint::max(), patient);
  Start(first, loop_.Now() + 100ms, hasty);
  Start(first, TimePoint::max(), stopped);
  stopped.stop.request_stop();
  loop_.Run();
  EXPECT_EQ(stopped.replaced, false);
  loop_.Advance(100ms);
  EXPECT_EQ(hasty.replaced, false);
  EXPECT_EQ(patient.replaced, std::nullopt);
  loop_.Advance(900ms);
  EXPECT_EQ(patient.replaced, false);
  EXPECT_EQ(Selected(), "sk-1");

  // The read that hangs ends with the old key; the file has another one by then.
  int writer = -1;
  while ((writer = open(config_.api_key_file.c_str(), O_WRONLY | O_NONBLOCK)) < 0) {
    std::this_thread::yield();  // nobody reads yet
  }
  Write("sk-2");
  ASSERT_EQ(write(writer, "sk-1", 4), 4);
  close(writer);
  EXPECT_TRUE(RefreshAfterRefusal(first));
}

TEST(Credentials, HasNothingToRefreshWithoutAFile) {
  Config config;
  config.api_key = Secret(std::string_view("sk-own"));
  FakeLoop loop;
  Credentials credentials(config, loop, nullptr);
  const Credential key = *credentials.Select({});
  const std::stop_token never;
  std::optional<bool> replaced;
  const auto run = [&]() -> Task<void> {
    Task<bool> refresh = credentials.RefreshAfterRefusal(key, TimePoint::max(), never);
    replaced = co_await refresh;
  };
  Spawn(run());
  EXPECT_EQ(replaced, false);
}

}  // namespace
}  // namespace modelgates::gateway
