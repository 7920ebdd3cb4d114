#include <sys/stat.h>

#include "integration/cli_fixture.h"

namespace modelgates::gateway {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class CliKeyFile : public CliTest {
 protected:
  CliRun ExchangeInto(const std::string& path) {
    return Run({"exchange", "--code", "c-1", "--code-verifier", kVerifier, "--key-file", path});
  }

  static mode_t ModeOf(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777;
  }

  size_t Files() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder_), {}));
  }
};

// Whatever the umask is.
TEST_F(CliKeyFile, IsForItsOwnerAlone) {
  const mode_t before = umask(0);
  const CliRun run = ExchangeInto(File("key"));
  umask(before);
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(Read(File("key")), "sk-user-1\n");
  EXPECT_EQ(ModeOf(File("key")), 0600u);
  EXPECT_THAT(run.out + run.err, Not(HasSubstr("sk-user-1")));
  EXPECT_EQ(Files(), 1u);
}

TEST_F(CliKeyFile, IsReplacedAsAWhole) {
  Write(File("key"), "an old key that is longer than the new one\n");
  fs::permissions(File("key"), fs::perms::all);
  fs::create_hard_link(File("key"), File("old"));
  EXPECT_EQ(ExchangeInto(File("key")).status, 0);
  EXPECT_EQ(Read(File("key")), "sk-user-1\n");
  EXPECT_EQ(ModeOf(File("key")), 0600u);
  // Who had it open keeps what was there.
  EXPECT_THAT(Read(File("old")), HasSubstr("an old key"));
}

// A link that somebody put there leads nowhere.
TEST_F(CliKeyFile, FollowsNoLink) {
  Write(File("elsewhere"), "mine");
  fs::create_symlink(File("elsewhere"), File("key"));
  EXPECT_EQ(ExchangeInto(File("key")).status, 0);
  EXPECT_EQ(Read(File("elsewhere")), "mine");
  EXPECT_FALSE(fs::is_symlink(File("key")));
}

TEST_F(CliKeyFile, IsTriedBeforeTheCodeIsSpent) {
  fs::create_directory(File("folder"));
  for (const std::string& path : {File("none/key"), File("folder")}) {
    const CliRun run = ExchangeInto(path);
    EXPECT_EQ(run.status, 7);
    EXPECT_THAT(run.err, HasSubstr("cannot write " + path));
    EXPECT_THAT(run.err, HasSubstr("next: check that the file"));
  }
  EXPECT_EQ(upstream_.connections(), 0);
}

TEST_F(CliKeyFile, StaysAsItWasWhenThereIsNoKey) {
  upstream_.SetDefault(kExchangePath, Answer::Json(403, ErrorBody(403, "no")));
  Write(File("key"), "old");
  EXPECT_EQ(ExchangeInto(File("key")).status, 4);
  EXPECT_EQ(Read(File("key")), "old");
  EXPECT_EQ(Files(), 1u);
}

TEST_F(CliKeyFile, LeavesNothingBehindWhenInterrupted) {
  upstream_.SetDefault(kExchangePath, Answer::Hang());
  const auto process = Start({"exchange", "--code", "c-1", "--key-file", File("key")});
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  process->Signal(SIGTERM);
  EXPECT_EQ(End(*process).status, 130);
  EXPECT_EQ(Files(), 0u);
}

TEST_F(CliKeyFile, IsNamedAsJson) {
  const CliRun run =
      Run({"exchange", "--code", "c-1", "--key-file", File("key"), "--output", "json"});
  EXPECT_EQ(run.json()["key_file"], File("key"));
  EXPECT_FALSE(run.json().contains("key"));
}

}  // namespace
}  // namespace modelgates::gateway
