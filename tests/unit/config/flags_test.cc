#include "config/flags.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "support/test_certificate.h"
#include "unit/config/load_support.h"

namespace modelgates::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

// Without a warning.
const Variables kKey = {{"MODELGATES_API_KEY", "sk-1"},
                        {"OAUTH_GATEWAY_LISTEN", "127.0.0.1:50051"}};
const std::string kLoopback = "--listen=127.0.0.1:50051";

TEST(Load, NamesEverythingThatIsWrongAtOnce) {
  const LoadResult result = LoadWith({"--no_such_flag=1", "--max_attempts=0", "--listen", "stray",
                                      "--upstream=ftp://a.b/", "--api_key_file=/nonexistent/key"},
                                     {{"OAUTH_GATEWAY_DEFAULT_DEADLINE", "200s"},
                                      {"OAUTH_GATEWAY_BACKOFF_EXPONENT", "steep"},
                                      {"OAUTH_GATEWAY_INITIAL_INTERVAL", "2s"},
                                      {"OAUTH_GATEWAY_MAX_INTERVAL", "1s"}});
  EXPECT_FALSE(result.config);
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.output, IsEmpty());
  EXPECT_THAT(result.errors,
              ElementsAre(HasSubstr("--no_such_flag is no flag that is known"),
                          AllOf(StartsWith("--listen=\"stray\""), HasSubstr("must be host:port")),
                          AllOf(StartsWith("--upstream=\"ftp://a.b/\""), HasSubstr("http")),
                          AllOf(StartsWith("--max_attempts=\"0\""), HasSubstr("from 1 to 10")),
                          AllOf(StartsWith("--backoff_exponent=\"steep\" (environment variable "
                                           "OAUTH_GATEWAY_BACKOFF_EXPONENT)"),
                                HasSubstr("from 1 to 10")),
                          StartsWith("--api_key_file=\"/nonexistent/key\""),
                          "--default_deadline=\"200s\" (environment variable "
                          "OAUTH_GATEWAY_DEFAULT_DEADLINE) must not be longer than --max_deadline: "
                          "--max_deadline=\"120s\" (default)",
                          AllOf(StartsWith("--initial_interval=\"2s\""),
                                HasSubstr("--max_interval=\"1s\""))));
}

struct CrossCase {
  std::string name;
  std::vector<std::string> args;
  std::string error;  // empty: right
};

class BetweenSettings : public ::testing::TestWithParam<CrossCase> {};

TEST_P(BetweenSettings, RulesHold) {
  const LoadResult result = LoadWith(GetParam().args);
  EXPECT_EQ(result.config.has_value(), GetParam().error.empty()) << AllText(result);
  if (!GetParam().error.empty()) {
    EXPECT_THAT(result.errors, ElementsAre(HasSubstr(GetParam().error)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, BetweenSettings,
    ::testing::Values(
        CrossCase{"MaxBelowDefaultDeadline", {"--max_deadline=10s"}, "must not be longer"},
        CrossCase{"EqualDeadlines", {"--max_deadline=30s"}, ""},
        CrossCase{"IntervalsTheWrongWayRound", {"--max_interval=100ms"}, "must not be longer"},
        CrossCase{"ABudgetOfNothing",
                  {"--retry_budget_percent=0", "--retry_budget_min_rate=0"},
                  "must not be 0 together with --retry_budget_min_rate"},
        CrossCase{"ABudgetOfCallsAlone", {"--retry_budget_min_rate=0"}, ""},
        CrossCase{"ABudgetThatIsOff",
                  {"--noretry_budget", "--retry_budget_percent=0", "--retry_budget_min_rate=0"},
                  ""},
        CrossCase{"SamePort", {"--listen=a:1", "--admin_listen=a:1"}, "must not be the same"},
        CrossCase{"SamePickedPort", {"--listen=a:0", "--admin_listen=a:0"}, ""},
        CrossCase{"StoreWithoutPepper",
                  {"--exchange_store=redis://redis.example"},
                  "must come with --exchange_pepper_file"},
        CrossCase{"SameHeader",
                  {"--title_header=X-A", "--categories_header=x-a"},
                  "must not be the same"},
        CrossCase{"ClearTextUpstream", {"--upstream=http://a.b/"}, "must be https"},
        CrossCase{
            "ClearTextUpstreamOnPurpose", {"--upstream=http://a.b/", "--insecure_upstream"}, ""},
        CrossCase{"Localhost", {"--upstream=http://LOCALHOST:1/api"}, ""},
        CrossCase{"Loopback127", {"--upstream=http://127.8.9.10/"}, ""},
        CrossCase{"LoopbackIpv6", {"--upstream=http://[::1]:80/"}, ""},
        CrossCase{"ProbeOfAPortThatWasPicked",
                  {"--probe=health", "--listen=a:0"},
                  "must not be health if --listen has port 0"},
        CrossCase{"ProbeBesideAPortThatWasPicked", {"--probe=live", "--listen=a:0"}, ""},
        CrossCase{"ProbeOfNoAdminPort",
                  {"--probe=live", "--admin_listen="},
                  "must not be live or ready if --admin_listen"},
        CrossCase{"ProbeOfAnAdminPortThatWasPicked",
                  {"--probe=ready", "--admin_listen=a:0"},
                  "must not be live or ready if --admin_listen"},
        CrossCase{"ProbeWithoutTheAdminPort", {"--probe=health", "--admin_listen="}, ""},
        CrossCase{"NotJudgedWhenOneIsUnreadable",
                  {"--upstream=http://a.b/", "--insecure_upstream=maybe"},
                  "must be true or false"}),
    [](const auto& row) { return row.param.name; });

TEST(Load, SwitchesOffWhatIsOnByDefault) {
  const LoadResult result = LoadWith({"--noretry_budget", "--nobreaker"});
  ASSERT_TRUE(result.config) << AllText(result);
  EXPECT_FALSE(result.config->retry_budget);
  EXPECT_FALSE(result.config->breaker);
}

TEST(Load, TakesTheKeyFromTheEnvironment) {
  const LoadResult result = LoadWith({}, {{"MODELGATES_API_KEY", " sk-1\n"}});
  ASSERT_TRUE(result.config);
  EXPECT_EQ(result.config->api_key.Reveal(), "sk-1");
}

TEST(Load, PrefersTheKeyOfTheFile) {
  const TemporaryFile file("sk-file\n");
  const LoadResult result =
      LoadWith({"--api_key_file=" + file.path()}, {{"MODELGATES_API_KEY", "sk-environment"}});
  ASSERT_TRUE(result.config);
  EXPECT_EQ(result.config->api_key.Reveal(), "sk-file");
}

// A gateway keeps what it has when a file gets wrong content, and is well.
TEST(Load, ReadsNoFilesForAProbe) {
  const LoadResult result = LoadWith(
      {"--probe=live", "--api_key_file=/nonexistent/key", "--exchange_store=redis://redis.example",
       "--exchange_pepper_file=/nonexistent/pepper", "--upstream_ca_file=/nonexistent/ca.pem"},
      {{"MODELGATES_API_KEY", "a wrong\nkey"}});
  ASSERT_TRUE(result.config) << AllText(result);
  EXPECT_TRUE(result.config->api_key.empty());
}

TEST(Load, TakesAStoreWithPeppers) {
  const TemporaryFile file(std::string(32, 'a') + "\n" + std::string(32, 'b') + "\n");
  const LoadResult result = LoadWith({"--exchange_store=rediss://user:secret-word@redis.example/1",
                                      "--exchange_pepper_file=" + file.path()},
                                     kKey);
  ASSERT_TRUE(result.config) << AllText(result);
  EXPECT_THAT(result.warnings, IsEmpty());
  EXPECT_EQ(result.config->exchange_pepper_file, file.path());
}

TEST(Load, DoesNotShowTheStoresPassword) {
  const TemporaryFile file(std::string(32, 'a'));
  for (const char* url : {"redis://user:secret-word@redis.example", "redis://:secret-word@",
                          "redis+sentinel://user:secret-word@one,two/mymaster"}) {
    const LoadResult result = LoadWith({std::string("--exchange_store=") + url,
                                        "--exchange_pepper_file=" + file.path(), "--check_config"});
    EXPECT_THAT(AllText(result), HasSubstr("<redacted>"));
    EXPECT_THAT(AllText(result), Not(HasSubstr("secret-word")));
  }
}

TEST(Load, RefusesPeppersThatAreTooShort) {
  const TemporaryFile file("canary-of-a-pepper");
  const LoadResult result =
      LoadWith({"--exchange_store=redis://redis.example", "--exchange_pepper_file=" + file.path()});
  EXPECT_THAT(result.errors, ElementsAre(HasSubstr("must hold at least 32 characters")));
  EXPECT_THAT(AllText(result), Not(HasSubstr("canary")));
}

TEST(Load, WarnsOfAPepperWithoutAStoreAndOfAPasswordInClear) {
  const TemporaryFile file(std::string(32, 'a'));
  const std::string pepper = "--exchange_pepper_file=" + file.path();
  EXPECT_THAT(LoadWith({pepper}, kKey).warnings, SizeIs(1));
  EXPECT_THAT(LoadWith({"--exchange_store_replicas=1"}, kKey).warnings, SizeIs(1));
  for (const std::string url : {"redis://:word@one", "redis+sentinel://:word@one,two/mymaster"}) {
    EXPECT_THAT(LoadWith({pepper, "--exchange_store=" + url}, kKey).warnings, SizeIs(1)) << url;
  }
  EXPECT_THAT(
      LoadWith({pepper, "--exchange_store=rediss+sentinel://:word@one/mymaster"}, kKey).warnings,
      IsEmpty());
  EXPECT_THAT(LoadWith({pepper, "--exchange_store=redis://redis.example"}, kKey).warnings,
              IsEmpty());
}

// As the transport will load them, so that no gateway starts that can reach nobody.
TEST(Load, RefusesACaFileWithACertificateThatCannotBeRead) {
  const TestCertificate certificate("ca.example");
  std::ostringstream good;
  good << std::ifstream(certificate.ca_file()).rdbuf();
  const TemporaryFile broken(good.str() +
                             "-----BEGIN CERTIFICATE-----\nxxxx\n-----END CERTIFICATE-----\n");
  for (const std::string flag : {"--upstream_ca_file=", "--exchange_store_ca_file="}) {
    EXPECT_TRUE(LoadWith({flag + certificate.ca_file()}).config);
    const LoadResult result = LoadWith({flag + broken.path(), "--check_config"});
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.errors,
                ElementsAre(AllOf(StartsWith(flag), HasSubstr("certificate 2 cannot be read: "))));
  }
}

TEST(Load, WorksWithoutAKeyAndWarnsOfIt) {
  for (const Variables& variables : {Variables{}, Variables{{"MODELGATES_API_KEY", ""}}}) {
    const LoadResult result = LoadWith({kLoopback}, variables);
    ASSERT_TRUE(result.config);
    EXPECT_TRUE(result.config->api_key.empty());
    EXPECT_THAT(result.warnings, ElementsAre(HasSubstr("there is no key")));
  }
  EXPECT_THAT(LoadWith({}, kKey).warnings, IsEmpty());
  EXPECT_THAT(LoadWith({kLoopback, "--credential_mode=passthrough"}).warnings, IsEmpty());
}

TEST(Load, RefusesAKeyFileThatIsEmpty) {
  const TemporaryFile file("\n");
  const LoadResult result = LoadWith({"--api_key_file=" + file.path()}, kKey);
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.errors,
              ElementsAre(AllOf(StartsWith("--api_key_file="), HasSubstr("the file is empty"))));
}

// Warnings of a check are no errors, and are seen.
TEST(Load, WarnsInACheckToo) {
  const LoadResult result = LoadWith({kLoopback, "--check_config"});
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_THAT(result.warnings, SizeIs(1));
}

TEST(Load, WarnsOfAKeyThatIsNeverUsed) {
  EXPECT_THAT(LoadWith({"--credential_mode=passthrough"}, kKey).warnings, SizeIs(1));
  EXPECT_THAT(LoadWith({"--credential_mode=service"}, kKey).warnings, IsEmpty());
}

// Without mutual TLS whoever can connect would spend the gateway's key.
TEST(Load, RefusesTheModeThatNeedsAuthenticatedCallers) {
  const LoadResult result = LoadWith({"--credential_mode=either"}, kKey);
  EXPECT_FALSE(result.config);
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.errors, ElementsAre(AllOf(HasSubstr("--credential_mode=\"either\""),
                                               HasSubstr("without --tls_client_ca_file"))));
}

TEST(Load, WarnsOfAnAdminPortThatEverybodySees) {
  const TemporaryFile token("token-1");
  const std::string listen = "--admin_listen=0.0.0.0:9090";
  EXPECT_THAT(LoadWith({listen}, kKey).warnings,
              ElementsAre(HasSubstr("there is no --admin_bearer_file")));
  EXPECT_THAT(LoadWith({listen, "--admin_bearer_file=" + token.path()}, kKey).warnings, IsEmpty());
  EXPECT_THAT(LoadWith({"--admin_listen=localhost:9090"}, kKey).warnings, IsEmpty());
  EXPECT_THAT(LoadWith({"--admin_listen="}, kKey).warnings, IsEmpty());
}

TEST(Load, WarnsOfAnUpstreamInClear) {
  EXPECT_THAT(LoadWith({"--upstream=http://a.b/", "--insecure_upstream"}, kKey).warnings,
              SizeIs(1));
}

TEST(Load, ChecksAndPrintsWithoutServing) {
  const LoadResult result = LoadWith({"--check_config", "--max_attempts=7"});
  EXPECT_FALSE(result.config);
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_THAT(result.output, HasSubstr("--max_attempts=7\n"));
  EXPECT_THAT(LoadWith({"--check_config", "--max_attempts=77"}).errors, SizeIs(1));
}

TEST(Load, PrintsHelpAndVersionWhateverElseIsWrong) {
  for (const char* flag : {"--help", "-help", "-h", "--version"}) {
    const LoadResult result = LoadWith({"--max_attempts=0", flag});
    EXPECT_EQ(result.exit_status, 0) << flag;
    EXPECT_FALSE(result.config);
    EXPECT_THAT(result.errors, IsEmpty());
    EXPECT_THAT(result.output, Not(IsEmpty()));
  }
  EXPECT_THAT(LoadWith({"--version"}).output,
              ::testing::MatchesRegex("oauth-gateway [0-9]+\\.[0-9]+\\.[0-9]+ \\(unknown\\)\n"));
}

// Where a secret can get into a command line, a variable or a file, rightly or by mistake.
struct SecretCase {
  std::string name;
  std::vector<std::string> args;
  Variables variables;
  std::string expected;  // what is shown in the secret's place, or of the mistake
};

constexpr const char* kCanary = "sk-canary-5f0b";

class NoSecret : public ::testing::TestWithParam<SecretCase> {};

TEST_P(NoSecret, IsShown) {
  std::vector<std::string> args = GetParam().args;
  args.emplace_back("--check_config");
  const std::string text = AllText(LoadWith(args, GetParam().variables));
  EXPECT_THAT(text, HasSubstr(GetParam().expected));
  EXPECT_THAT(text, Not(HasSubstr("canary")));
}

INSTANTIATE_TEST_SUITE_P(
    All, NoSecret,
    ::testing::Values(SecretCase{"Key", {}, {{"MODELGATES_API_KEY", kCanary}}, "<redacted>"},
                      SecretCase{"UnsendableKey",
                                 {},
                                 {{"MODELGATES_API_KEY", std::string(kCanary) + "\nX: y"}},
                                 "MODELGATES_API_KEY (environment variable) must"},
                      SecretCase{"KeyInPlaceOfItsFile",
                                 {std::string("--api_key_file=") + kCanary},
                                 {},
                                 "--api_key_file=\"<redacted>\""},
                      SecretCase{"PrivateKeyInPlaceOfItsFile",
                                 {"--tls_key_file=-----BEGIN PRIVATE KEY-----\ncanary"},
                                 {},
                                 "--tls_key_file=\"<redacted>\""},
                      SecretCase{"KeyAsAnUnknownFlag",
                                 {std::string("--api_key=") + kCanary},
                                 {},
                                 "--api_key is no flag"},
                      SecretCase{"KeyAsAStrayArgument",
                                 {"--api_key", kCanary},
                                 {},
                                 "is not a flag (command line, argument 2)"},
                      SecretCase{"ProxyPassword",
                                 {"--upstream_proxy=http://user:canary@proxy.example:3128"},
                                 {},
                                 "http://<redacted>@proxy.example:3128"},
                      SecretCase{"PasswordOfAWrongProxy",
                                 {"--upstream_proxy=user:can/ary:canary@proxy"},
                                 {},
                                 "\"<redacted>@proxy\""},
                      SecretCase{"UpstreamPassword",
                                 {"--upstream=https://canary:canary@a.b/"},
                                 {},
                                 "https://<redacted>@a.b/"},
                      SecretCase{"UpstreamQuery",
                                 {"--upstream=https://a.b/?key=canary"},
                                 {},
                                 "https://a.b/?<redacted>"}),
    [](const auto& row) { return row.param.name; });

TEST(NoSecretControl, TheSameTextIsFoundWhereItIsNoSecret) {
  const LoadResult result =
      LoadWith({std::string("--x_open_router_title=") + kCanary, "--check_config"});
  EXPECT_THAT(AllText(result), HasSubstr("canary"));
}

TEST(NoSecretControl, AKeyFilesContentIsNotShown) {
  for (const std::string content : {"sk-canary", "sk-canary\nsk-canary"}) {
    const TemporaryFile file(content);
    const LoadResult result = LoadWith({"--api_key_file=" + file.path(), "--check_config"});
    EXPECT_THAT(AllText(result), HasSubstr(file.path()));
    EXPECT_THAT(AllText(result), Not(HasSubstr("canary")));
  }
}

}  // namespace
}  // namespace modelgates::gateway
