#include <modelgates/oauth/v1/oauth.pb.h>

#include <regex>
#include <set>

#include "integration/cli_fixture.h"

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;

const char* const kCommands[] = {"login",  "create",     "exchange", "pkce",
                                 "health", "completion", "help"};

class CliHelp : public CliTest {
 protected:
  std::string HelpOf(const std::string& command) {
    const CliRun run = command.empty() ? Run({"--help"}) : Run({command, "--help"});
    EXPECT_EQ(run.status, 0);
    return run.out;
  }

  static std::set<std::string> FlagsIn(const std::string& text) {
    std::set<std::string> flags;
    const std::regex flag("--[a-z][a-z0-9-]*");
    for (std::sregex_iterator it(text.begin(), text.end(), flag), end; it != end; ++it) {
      flags.insert(it->str());
    }
    return flags;
  }
};

void AddFlags(const google::protobuf::Descriptor& message, std::set<std::string>& flags) {
  for (int i = 0; i < message.field_count(); ++i) {
    const auto& field = *message.field(i);
    const auto* inner = field.message_type();
    if (inner != nullptr && inner->file() == message.file()) {
      AddFlags(*inner, flags);
      continue;
    }
    std::string flag = "--" + field.name();
    std::replace(flag.begin(), flag.end(), '_', '-');
    flags.insert(std::move(flag));
  }
}

TEST_F(CliHelp, HasAFlagForEveryFieldOfTheProto) {
  std::set<std::string> create;
  AddFlags(*oauth::v1::CreateAuthCodeRequest::descriptor(), create);
  EXPECT_THAT(FlagsIn(HelpOf("create")), testing::IsSupersetOf(create));
  std::set<std::string> exchange;
  AddFlags(*oauth::v1::ExchangeAuthCodeRequest::descriptor(), exchange);
  EXPECT_THAT(FlagsIn(HelpOf("exchange")), testing::IsSupersetOf(exchange));
  EXPECT_GT(create.size(), 15u);
}

TEST_F(CliHelp, FitsAScreen) {
  for (const std::string command : {"", "login", "create", "exchange", "pkce", "health"}) {
    std::istringstream help(HelpOf(command));
    int lines = 0;
    for (std::string line; std::getline(help, line); ++lines) {
      EXPECT_LE(line.size(), 102u) << line;
    }
    EXPECT_LE(lines, 40) << command;
  }
}

// What stands below "Example:" is pasted into a shell.
TEST_F(CliHelp, HasAnExampleThatWorksWhenPasted) {
  // A browser whose user approves at once, by going back with a code.
  Write(File("browser"), R"script(#!/bin/bash
    host=${1#http://}
    host=${host%%/*}
    get() {  # what Location says
      exec 3<>"/dev/tcp/${host%:*}/${host#*:}"
      printf 'GET %s HTTP/1.1\r\nHost: %s\r\n\r\n' "$1" "$host" >&3
      tr -d '\r' <&3 | sed -n 's/^Location: //p'
    }
    page=$(get "/${1##*/}")
    url=${page#*callback_url=}
    url=${url%%&*}
    printf -v url %b "${url//%/\\x}"
    rest=${url#http://}
    get "$(get "/${rest#*/}&code=c-1")"
)script");
  std::filesystem::permissions(File("browser"), std::filesystem::perms::owner_all);
  std::vector<std::string> environment = Environment();
  environment.push_back("BROWSER=" + File("browser"));
  int pasted = 0;
  for (const std::string command :
       {"", "login", "create", "exchange", "pkce", "health", "completion", "help"}) {
    SCOPED_TRACE(command);
    const std::string help = HelpOf(command);
    const size_t example = help.find("Example:\n");
    ASSERT_NE(example, std::string::npos);
    const std::string script = "cd " + folder_.path().string() + "\n" + help.substr(example + 9);
    Subprocess shell({"/bin/bash", "-eo", "pipefail", "-c", script}, environment);
    const CliRun run = End(shell);
    EXPECT_EQ(run.status, 0) << run.err;
    ++pasted;
  }
  EXPECT_EQ(pasted, 8);
  EXPECT_EQ(Read(File("key.txt")), "sk-user-1\n");
}

TEST_F(CliHelp, IsTheSameForTheCommandHelp) {
  for (const char* const command : kCommands) {
    EXPECT_EQ(Run({"help", command}).out, HelpOf(command)) << command;
  }
  EXPECT_EQ(Run({"help"}).out, HelpOf(""));
  EXPECT_EQ(Run({"--timeout", "1s", "help", "login"}).out, HelpOf("login"));
}

TEST_F(CliHelp, AnswersTheNameOfTheProgramAlone) {
  const CliRun run = Run({});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err, HelpOf(""));
}

TEST_F(CliHelp, AgreesWithTheManPage) {
  std::string page = Read(CLI_MAN_PAGE);
  page = std::regex_replace(page, std::regex(R"(\\-)"), "-");
  const std::set<std::string> documented = FlagsIn(page);
  std::set<std::string> flags = FlagsIn(HelpOf(""));
  for (const char* command : kCommands) {
    EXPECT_THAT(page, HasSubstr(std::string(".B ") + command)) << command;
    flags.merge(FlagsIn(HelpOf(command)));
  }
  EXPECT_EQ(documented, flags);
  for (const char* status : {"0", "1", "2", "3", "4", "5", "6", "7", "130"}) {
    EXPECT_THAT(page, HasSubstr(std::string(".B ") + status + "\n"));
  }
}

TEST_F(CliHelp, CompletesCommandsAndFlagsInBash) {
  const auto complete = [&](const std::string& words) {
    const std::string script = "eval \"$(modelgates-oauth completion bash)\"; COMP_WORDS=(" +
                               words +
                               "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
                               "_modelgates_oauth; echo \"${COMPREPLY[@]}\"";
    Subprocess shell({"/bin/bash", "-c", script}, Environment());
    return End(shell).out;
  };
  EXPECT_EQ(complete("modelgates-oauth ex"), "exchange\n");
  EXPECT_EQ(complete("modelgates-oauth create --code-challenge-m"), "--code-challenge-method\n");
  EXPECT_EQ(complete("modelgates-oauth create --once"), "\n");
  EXPECT_EQ(complete("modelgates-oauth help lo"), "login\n");
  EXPECT_EQ(complete("modelgates-oauth --output json health --gate"), "--gateway\n");
  EXPECT_EQ(complete("modelgates-oauth create --code-challenge-method ''"), "S256 plain\n");
  EXPECT_EQ(complete("modelgates-oauth exchange --code-challenge-method n"), "null\n");
  EXPECT_EQ(complete("modelgates-oauth create --usage-limit-type = w"), "weekly\n");
  EXPECT_EQ(complete("modelgates-oauth health --output ="), "text json\n");
  EXPECT_EQ(complete("modelgates-oauth create --key-label ''"), "\n");
  EXPECT_EQ(complete("modelgates-oauth completion fi"), "fish\n");
  EXPECT_EQ(complete("modelgates-oauth comp"), "completion\n");
}

// Pressing Tab needs a terminal, which zsh makes itself; a function in place of the command shows
// what the line has become.
constexpr char kPressTabInZsh[] = R"(
  zmodload zsh/zpty
  zpty shell "env -i PATH=$PATH TERM=dumb zsh -f -i"
  zpty -w shell "source $1"
  zpty -r shell shown '*ready*'
  zpty -w shell "$2"$'\t'
  zpty -r shell shown '*\[*\]*'
  print -r -- ${${shown##*\[}%%\]*}
)";
constexpr char kReady[] = R"(
  zstyle ':completion:*' insert-tab false  # also when it comes faster than anybody types
  modelgates-oauth() { print -r -- "[$*]" }
  print ready
)";

TEST_F(CliHelp, CompletesCommandsAndFlagsInZsh) {
  const std::string load = "autoload -Uz compinit; compinit -u -D\n";
  Write(File("press_tab"), kPressTabInZsh);
  Write(File("_modelgates-oauth"), Run({"completion", "zsh"}).out);
  // From a file on the path for functions, as it is installed; and evaluated.
  Write(File("installed"), "fpath=(" + folder_.path().string() + " $fpath)\n" + load + kReady);
  Write(File("evaluated"), load + "eval \"$(" CLI_BINARY " completion zsh)\"\n" + kReady);
  for (const std::string setup : {"installed", "evaluated"}) {
    const auto complete = [&](const std::string& line) {
      Subprocess shell({"/usr/bin/timeout", "20", "zsh", "-f", File("press_tab"), File(setup),
                        "modelgates-oauth " + line},
                       Environment());
      return End(shell).out;
    };
    ASSERT_EQ(complete("ex"), "exchange\n") << setup;
    EXPECT_EQ(complete("create --code-challenge-m"), "create --code-challenge-method\n") << setup;
    EXPECT_EQ(complete("create --once"), "create --once\n") << setup;
    EXPECT_EQ(complete("help lo"), "help login\n") << setup;
    EXPECT_EQ(complete("--output json health --gate"), "--output json health --gateway\n") << setup;
    EXPECT_EQ(complete("create --usage-limit-type w"), "create --usage-limit-type weekly\n")
        << setup;
    EXPECT_EQ(complete("health --output=j"), "health --output=json\n") << setup;
    EXPECT_EQ(complete("completion f"), "completion fish\n") << setup;
    EXPECT_EQ(complete("login --key-file " + File("press_t")),
              "login --key-file " + File("press_tab") + "\n")
        << setup;
  }
}

// What it offers, with descriptions, for the line up to the cursor.
TEST_F(CliHelp, CompletesCommandsFlagsAndValuesInFish) {
  const auto complete = [&](const std::string& line) {
    std::vector<std::string> environment = Environment();
    environment.push_back("HOME=" + folder_.path().string());
    Subprocess shell({"/usr/bin/fish", "--no-config", "-c",
                      "modelgates-oauth completion fish | source; complete -C '" + line + "'"},
                     environment);
    return End(shell).out;
  };
  EXPECT_EQ(complete("modelgates-oauth ex"),
            "exchange\tExchange an authorization code for an API key\n");
  EXPECT_EQ(complete("modelgates-oauth create --code-challenge-m"),
            "--code-challenge-method\tmethod of the challenge\n");
  EXPECT_EQ(complete("modelgates-oauth create --once"), "");
  EXPECT_EQ(complete("modelgates-oauth create --usage-limit-type w"),
            "weekly\tperiod after which the limit is reset\n");
  EXPECT_EQ(complete("modelgates-oauth --output json health --gate"),
            "--gateway\taddress of the gateway, or its URL; default 127.0.0.1:50051\n");
  EXPECT_THAT(complete("modelgates-oauth help lo"), testing::StartsWith("login\t"));
  EXPECT_THAT(complete("modelgates-oauth completion z"), testing::StartsWith("zsh\t"));
}

TEST_F(CliHelp, HasAVersion) {
  EXPECT_THAT(Run({"--version"}).out,
              testing::MatchesRegex("modelgates-oauth [0-9.]+ \\([0-9a-z-]+\\)\n"));
}

}  // namespace
}  // namespace modelgates::gateway
