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
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder_.path()), {}));
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

// Whatever cannot be written to is found before a code goes out, and stays as it is.
TEST_F(CliKeyFile, IsTriedBeforeTheCodeIsSpent) {
  fs::create_directory(File("folder"));
  Write(File("elsewhere"), "mine");
  fs::create_symlink(File("elsewhere"), File("link"));
  fs::create_symlink(File("nowhere"), File("dangling"));
  ASSERT_EQ(mkfifo(File("pipe").c_str(), 0600), 0);
  for (const std::string& path :
       {File("none/key"), File("folder"), File("link"), File("dangling"), File("pipe"),
        std::string("/dev/full"), std::string("/dev/fd/77")}) {
    const CliRun run = ExchangeInto(path);
    EXPECT_EQ(run.status, 7);
    EXPECT_THAT(run.err, HasSubstr("cannot write " + path));
    EXPECT_THAT(run.err, HasSubstr("next: check that the file"));
  }
  EXPECT_EQ(upstream_.connections(), 0);
  EXPECT_EQ(Read(File("elsewhere")), "mine");
  EXPECT_TRUE(fs::is_symlink(File("link")));
  EXPECT_TRUE(fs::is_symlink(File("dangling")));
  EXPECT_TRUE(fs::is_fifo(File("pipe")));
  EXPECT_EQ(Files(), 5u);
}

// As a shell gives them to it.
TEST_F(CliKeyFile, MayBeAPipeADeviceOrADescriptor) {
  const std::string exchange = "modelgates-oauth exchange --code c-1 --code-verifier " +
                               std::string(kVerifier) + " --key-file ";
  const auto shell = [&](const std::string& script) {
    Subprocess bash({"/bin/bash", "-c", "cd " + folder_.path().string() + "; " + script},
                    Environment());
    return End(bash);
  };
  const CliRun substituted = shell(exchange + ">(cat >got); wait $!; cat got");
  EXPECT_THAT(substituted.out, HasSubstr("sk-user-1\n")) << substituted.err;
  EXPECT_EQ(shell(exchange + "/dev/fd/3 3>third >/dev/null; cat third").out, "sk-user-1\n");
  EXPECT_EQ(shell(exchange + "/dev/stdout | head -n 1").out, "sk-user-1\n");
  EXPECT_EQ(shell(exchange + "-").out, "sk-user-1\n");
  EXPECT_EQ(shell("mkfifo pipe; cat <pipe >piped & exec 9<>pipe; " + exchange +
                  "pipe; exec 9>&-; wait; cat piped; test -p pipe")
                .out,
            "the key is in pipe\nsk-user-1\n");
  EXPECT_EQ(shell(exchange + "/dev/null").status, 0);
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(CliKeyFile, HasAName) {
  EXPECT_EQ(ExchangeInto("").status, 2);
  EXPECT_EQ(upstream_.connections(), 0);
}

// ---- Stdout in its place

TEST_F(CliKeyFile, IsStdoutOnlyWhereThatTakesTheKey) {
  for (const std::string where : {">/dev/full", ">&-", "</dev/null >&0"}) {
    Subprocess bash({"/bin/bash", "-c", "modelgates-oauth exchange --code c-1 " + where},
                    Environment());
    const CliRun run = End(bash);
    EXPECT_EQ(run.status, 7) << where;
    EXPECT_THAT(run.err, HasSubstr("FILE: cannot write to stdout: ")) << where;
  }
  // A reader that has gone.
  Subprocess bash({"/bin/bash", "-c",
                   "exec 3> >(exec true); wait $!; modelgates-oauth exchange --code c-1 >&3"},
                  Environment());
  EXPECT_THAT(End(bash).err, HasSubstr("cannot write to stdout: Broken pipe"));
  EXPECT_EQ(upstream_.connections(), 0);
}

// With JSON, too, there is nowhere else to say it.
TEST_F(CliKeyFile, SaysWhenStdoutTakesNothing) {
  for (const std::string command : {"pkce", "pkce --output json", "completion bash"}) {
    Subprocess bash({"/bin/bash", "-c", "modelgates-oauth " + command + " >/dev/full"},
                    Environment());
    const CliRun run = End(bash);
    EXPECT_EQ(run.status, 7) << command;
    EXPECT_THAT(run.err, HasSubstr("cannot write to stdout: No space left on device"));
  }
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
