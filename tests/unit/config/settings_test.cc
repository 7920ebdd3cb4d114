#include "config/settings.h"

#include <gmock/gmock.h>

#include <set>

#include "unit/config/load_support.h"

namespace modelgates::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What a setting makes of texts. One row per setting; what it has to refuse is listed beside.
struct Case {
  std::string name;
  std::string by_default;  // as it is printed
  std::string valid;       // another value
  std::string printed;     // how `valid` is printed
  std::vector<std::string> invalid;
  std::string rule;  // part of the message for each of `invalid`
  friend void PrintTo(const Case& row, std::ostream* out) { *out << row.name; }
};

const std::vector<std::string> kNotAddresses = {
    "",           "50051",      "host",  "host:",    "host:x",          "host:-1",
    "host:65536", "::1:80",     "[::1]", "[host]:1", "a b:1",           ":x",
    "host:1 ",    "http://h:1", "unix:", "unix:1",   "unix:run/x.sock", "unix:/a\nb"};
const std::vector<std::string> kNotSwitches = {"", "maybe", "2", "onn"};
const std::vector<std::string> kNotDurations = {"",      "10",    "-1s",       "inf",  "1500us",
                                                "9000h", "1 s x", "1e999999h", "0x10s"};
const std::vector<std::string> kNotHeaderValues = {" a",
                                                   "a ",
                                                   "a\nb",
                                                   "a\rb",
                                                   "\xc3\xa9",
                                                   std::string("a\0b", 3),
                                                   std::string(8193, 'a'),
                                                   "a\x01",
                                                   "a\x0b",
                                                   "a\x1b[0m",
                                                   "a\x7f"};
const std::vector<std::string> kNotHeaderNames = {"",
                                                  "a b",
                                                  "a:b",
                                                  "X-\xc3\xa9",
                                                  "a\nb",
                                                  "Host",
                                                  "authorization",
                                                  std::string(129, 'a'),
                                                  std::string("a\0b", 3)};

const Case kCases[] = {
    {"listen", "0.0.0.0:50051", "[::1]:0", "[::1]:0", kNotAddresses, "must be host:port"},
    // Right only together: see flags_test.
    {"tls_cert_file",
     "",
     "",
     "",
     {"/nonexistent/tls.crt", "/"},
     "must be a file that can be read: "},
    {"tls_key_file",
     "",
     "",
     "",
     {"/nonexistent/tls.key", "/"},
     "must be a file that can be read: "},
    {"tls_client_ca_file",
     "",
     "",
     "",
     {"/nonexistent/ca.pem", "/"},
     "must be a file that can be read: "},
    // Right only with --listen=unix: see tls_settings_test.
    {"forwarded_client_cert", "false", "no", "false", kNotSwitches, "must be true or false"},
    {"handshake_timeout", "5s", "1s", "1s", kNotDurations, "must be a duration from 100ms to 120s"},
    {"max_connections",
     "10000",
     "1",
     "1",
     {"", "0", "1000001", "1e3"},
     "must be a whole number from 1 to 1000000"},
    {"max_connections_per_address",
     "1000",
     "1",
     "1",
     {"", "0", "1000001", "-1"},
     "must be a whole number from 1 to 1000000"},
    {"max_handshakes_per_second",
     "500",
     "1",
     "1",
     {"", "0", "100001", "500/s"},
     "must be a whole number from 1 to 100000"},
    {"admin_listen",
     "127.0.0.1:9090",
     "",
     "",
     {"9090", "host:65536", "::1:80"},
     "must be host:port"},
    {"admin_bearer_file",
     "",
     "",
     "",
     {"/nonexistent/token", "/"},
     "must be a file that can be read"},
    {"upstream",
     "https://modelgates.ai/api/v1",
     "http://127.0.0.1:8080/api/v1",
     "http://127.0.0.1:8080/api/v1",
     {"", "modelgates.ai", "ftp://a.b/", "https://", "https://a.b/?x=1", "https://a.b/#x",
      "https://user@a.b/", "https://a.b:99999/", "https://a b/", "http://a.b/api/v1",
      "http://128.0.0.1/", "http://localhost.evil.example/"},
     ""},
    {"upstream_http", "1.1", "2", "2", {"", "1", "3", "h2"}, "must be one of 1.1, 2, auto"},
    {"upstream_ca_file",
     "",
     "",
     "",
     {"/nonexistent/ca.pem", "/"},
     "must be a file that can be read: "},
    {"upstream_proxy",
     "",
     "http://proxy.example:3128",
     "http://proxy.example:3128",
     {"proxy.example:3128", "ftp://proxy.example:1", "http://proxy.example",
      "http://proxy.example:3128/path", "http://proxy.example:3128//",
      "http://proxy.example:3128?x", "http://:3128"},
     "must be http://host:port"},
    {"insecure_upstream", "false", "true", "true", kNotSwitches, "must be true or false"},
    {"api_key_file", "", "", "", {"/nonexistent/key"}, "must be a file that can be read"},
    {"credential_mode",
     "service",
     "passthrough",
     "passthrough",
     {"", "services", "both"},
     "must be one of service, passthrough, either"},
    {"http_referer", "", "https://app.example", "https://app.example", kNotHeaderValues,
     "must be a header value"},
    {"x_open_router_title", "", "My App", "My App", kNotHeaderValues, "must be a header value"},
    {"x_open_router_categories", "", "cli-agent", "cli-agent", kNotHeaderValues,
     "must be a header value"},
    {"title_header", "X-OpenRouter-Title", "X-ModelGates-Title", "X-ModelGates-Title",
     kNotHeaderNames, "must "},
    {"categories_header", "X-OpenRouter-Categories", "X-Categories", "X-Categories",
     kNotHeaderNames, "must "},
    {"callback_policy",
     "documented",
     "loopback",
     "loopback",
     {"", "none"},
     "must be one of documented, loopback, any"},
    {"pkce_policy", "rfc7636", "s256", "s256", {"", "S255"}, "must be one of off, rfc7636, s256"},
    {"default_deadline", "30s", "1m30s", "90s", kNotDurations, "must be a duration from 100ms to"},
    {"max_deadline", "120s", "10m", "600s", kNotDurations, "must be a duration from 100ms to"},
    {"connect_timeout", "3s", "250ms", "250ms", kNotDurations, "must be a duration from 1ms to"},
    {"attempt_timeout", "10s", "1.5s", "1500ms", kNotDurations, "must be a duration from 1ms to"},
    {"max_attempts",
     "4",
     "1",
     "1",
     {"", "0", "11", "-1", "4.0", "four", "4 ", "99999999999999999999"},
     "must be a whole number from 1 to 10"},
    {"initial_interval", "500ms", "0s", "0s", kNotDurations, "must be a duration from 0s to 60s"},
    {"max_interval", "60s", "2s", "2s", kNotDurations, "must be a duration from 0s to 600s"},
    {"backoff_exponent",
     "1.5",
     "2",
     "2",
     {"", "0.9", "10.1", "nan", "inf", "x", "1.5x"},
     "must be a number from 1 to 10"},
    {"max_retry_after", "10s", "0s", "0s", kNotDurations, "must be a duration from 0s to"},
    {"retry_budget", "true", "no", "false", kNotSwitches, "must be true or false"},
    {"retry_budget_percent",
     "10",
     "0",
     "0",
     {"", "-1", "101", "10%", "0.1"},
     "must be a whole number from 0 to 100"},
    {"retry_budget_min_rate",
     "3",
     "0",
     "0",
     {"", "-1", "1001", "3/s"},
     "must be a whole number from 0 to 1000"},
    {"breaker", "true", "false", "false", kNotSwitches, "must be true or false"},
    {"breaker_window", "10s", "1m", "60s", kNotDurations, "must be a duration from 1s to 600s"},
    {"breaker_min_attempts",
     "20",
     "1",
     "1",
     {"", "0", "100001", "x"},
     "must be a whole number from 1 to 100000"},
    {"breaker_failure_percent",
     "50",
     "100",
     "100",
     {"", "0", "101", "50%"},
     "must be a whole number from 1 to 100"},
    {"breaker_probe_interval", "750ms", "2s", "2s", kNotDurations,
     "must be a duration from 100ms to 60s"},
    {"breaker_probes", "2", "1", "1", {"", "0", "101"}, "must be a whole number from 1 to 100"},
    {"callers_file", "", "", "", {"/nonexistent/callers.json", "/", "/dev/null"}, "must "},
    // Right only with others: see caller_keys_settings_test.
    {"caller_keys_dir",
     "",
     "",
     "",
     {"/nonexistent/keys", "/dev/null"},
     "must be a folder whose files can be read: "},
    {"max_concurrent_calls",
     "1000",
     "100000",
     "100000",
     {"", "0", "100001", "1e3"},
     "must be a whole number from 1 to 100000"},
    {"max_exchanges",
     "2000",
     "1",
     "1",
     {"", "0", "100001", "-1"},
     "must be a whole number from 1 to 100000"},
    {"max_metadata_bytes",
     "16384",
     "1048576",
     "1048576",
     {"", "1023", "1048577", "16KiB"},
     "must be a whole number from 1024 to 1048576"},
    {"max_upstream_connections",
     "2000",
     "1",
     "1",
     {"", "0", "100001", "1e3"},
     "must be a whole number from 1 to 100000"},
    {"exchange_recovery",
     "once",
     "never",
     "never",
     {"", "one", "twice"},
     "must be one of once, never"},
    {"exchange_cap", "30s", "20s", "20s", kNotDurations, "must be a duration from 100ms to"},
    {"exchange_replay_ttl", "30s", "0s", "0s", {"121s", "x"}, "must be a duration from 0s to 120s"},
    // Nothing else is right by itself: see flags_test.
    {"exchange_store",
     "",
     "",
     "",
     {"redis.example:6379", "http://redis.example", "redis://", "redis://redis.example/x",
      "redis+sentinel://redis.example", "redis+cluster://redis.example"},
     "must "},
    {"exchange_store_ca_file",
     "",
     "",
     "",
     {"/nonexistent/ca.pem", "/"},
     "must be a file that can be read: "},
    {"exchange_store_fail_closed", "false", "true", "true", kNotSwitches, "must be true or false"},
    {"exchange_store_replicas",
     "auto",
     "2",
     "2",
     {"", "6", "-1", "all"},
     "must be one of auto, 0, 1, 2, 3, 4, 5"},
    {"exchange_store_failover_wait",
     "5s",
     "0s",
     "0s",
     {"61s", "x"},
     "must be a duration from 0s to 60s"},
    {"exchange_pepper_file",
     "",
     "",
     "",
     {"/nonexistent/pepper"},
     "must be a file that can be read"},
    {"max_connection_age", "0s", "20s", "20s", kNotDurations, "must be a duration from 0s to"},
    {"drain_delay", "5s", "0s", "0s", kNotDurations, "must be a duration from 0s to"},
    {"drain_timeout", "30s", "1s", "1s", kNotDurations, "must be a duration from 0s to"},
    {"reflection", "true", "no", "false", kNotSwitches, "must be true or false"},
    {"channelz", "false", "1", "true", kNotSwitches, "must be true or false"},
    {"log_level",
     "info",
     "debug",
     "debug",
     {"", "trace", "fatal"},
     "must be one of debug, info, warning, error"},
    {"log_format", "json", "text", "text", {"", "xml"}, "must be one of json, text"},
    {"log_create_success_percent",
     "100",
     "0",
     "0",
     {"", "-1", "101", "10%", "0.1"},
     "must be a whole number from 0 to 100"},
    {"probe",
     "none",
     "live",
     "live",
     {"", "alive", "true"},
     "must be one of none, health, live, ready"},
};

class EachSetting : public ::testing::TestWithParam<Case> {
 protected:
  std::string Print(const Config& config) const {
    return FindSetting(GetParam().name)->print(config);
  }
  std::string Flag(const std::string& value) const { return "--" + GetParam().name + "=" + value; }
  std::string Variable() const { return FindSetting(GetParam().name)->EnvironmentName(); }
};

TEST_P(EachSetting, HasItsDefaultWhenAbsent) {
  const LoadResult result = LoadWith({});
  ASSERT_TRUE(result.config) << AllText(result);
  EXPECT_EQ(Print(*result.config), GetParam().by_default);
}

TEST_P(EachSetting, ComesFromItsFlag) {
  const LoadResult result = LoadWith({Flag(GetParam().valid)});
  ASSERT_TRUE(result.config) << AllText(result);
  EXPECT_EQ(Print(*result.config), GetParam().printed);
}

TEST_P(EachSetting, ComesFromItsEnvironmentTwin) {
  const LoadResult result = LoadWith({}, {{Variable(), GetParam().valid}});
  ASSERT_TRUE(result.config) << AllText(result);
  EXPECT_EQ(Print(*result.config), GetParam().printed);
}

TEST_P(EachSetting, IsTakenFromTheFlagWhenTheEnvironmentSaysOtherwise) {
  const LoadResult result =
      LoadWith({Flag(GetParam().valid)}, {{Variable(), GetParam().invalid.back()}});
  ASSERT_TRUE(result.config) << AllText(result);
  EXPECT_EQ(Print(*result.config), GetParam().printed);
}

TEST_P(EachSetting, ComesFromAFlagfile) {
  const TemporaryFile file("# comment\n\n  " + Flag(GetParam().valid) + "\n");
  const LoadResult result = LoadWith({"--flagfile=" + file.path()});
  ASSERT_TRUE(result.config) << AllText(result);
  EXPECT_EQ(Print(*result.config), GetParam().printed);
}

TEST_P(EachSetting, PrintsWhatItWouldTakeAgain) {
  const LoadResult first = LoadWith({Flag(GetParam().valid)});
  ASSERT_TRUE(first.config);
  const LoadResult second = LoadWith({Flag(Print(*first.config))});
  ASSERT_TRUE(second.config) << AllText(second);
  EXPECT_EQ(Print(*second.config), GetParam().printed);
}

TEST_P(EachSetting, RefusesAWrongFlagWithNameSourceAndRule) {
  for (const std::string& value : GetParam().invalid) {
    const LoadResult result = LoadWith({Flag(value)});
    EXPECT_FALSE(result.config) << value;
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.errors, ElementsAre(AllOf(HasSubstr(Flag("\"")), HasSubstr("(command line"),
                                                 HasSubstr(GetParam().rule))));
  }
}

// What templates make of a value that nobody gave.
TEST_P(EachSetting, HasItsDefaultWhenTheVariableIsEmpty) {
  const LoadResult result = LoadWith({}, {{Variable(), ""}});
  ASSERT_TRUE(result.config) << AllText(result);
  // The one setting whose default is another than nothing, and where nothing is a value.
  EXPECT_EQ(Print(*result.config), GetParam().name == "admin_listen" ? "" : GetParam().by_default);
}

TEST_P(EachSetting, RefusesAWrongVariableWithItsName) {
  for (const std::string& value : GetParam().invalid) {
    if (value.empty()) continue;
    const LoadResult result = LoadWith({}, {{Variable(), value}});
    EXPECT_FALSE(result.config) << value;
    EXPECT_THAT(result.errors,
                ElementsAre(AllOf(HasSubstr(Flag("\"")),
                                  HasSubstr("(environment variable " + Variable() + ")"),
                                  HasSubstr(GetParam().rule))));
  }
}

INSTANTIATE_TEST_SUITE_P(All, EachSetting, ::testing::ValuesIn(kCases),
                         [](const auto& row) { return row.param.name; });

struct SpellingCase {
  std::string name;
  std::string flag;
  std::string setting;
  std::string printed;
};

class Spelling : public ::testing::TestWithParam<SpellingCase> {};

TEST_P(Spelling, OfOtherProgramsIsUnderstood) {
  const LoadResult result = LoadWith({GetParam().flag});
  ASSERT_TRUE(result.config) << AllText(result);
  EXPECT_EQ(FindSetting(GetParam().setting)->print(*result.config), GetParam().printed);
}

INSTANTIATE_TEST_SUITE_P(
    All, Spelling,
    ::testing::Values(
        SpellingCase{"On", "--channelz=on", "channelz", "true"},
        SpellingCase{"Off", "--reflection=Off", "reflection", "false"},
        SpellingCase{"True", "--channelz=TRUE", "channelz", "true"},
        SpellingCase{"UpperCase", "--log_level=ERROR", "log_level", "error"},
        SpellingCase{"Warn", "--log_level=WARN", "log_level", "warning"},
        SpellingCase{"MixedCase", "--callback_policy=Loopback", "callback_policy", "loopback"},
        SpellingCase{"UpperCaseMethod", "--pkce_policy=S256", "pkce_policy", "s256"},
        SpellingCase{"PortAlone", "--listen=:50051", "listen", "0.0.0.0:50051"},
        SpellingCase{"Socket", "--listen=unix:/run/x.sock", "listen", "unix:/run/x.sock"},
        SpellingCase{"AdminPortAlone", "--admin_listen=:9090", "admin_listen", "0.0.0.0:9090"},
        SpellingCase{"ProxyWithASlash", "--upstream_proxy=http://proxy.example:3128/",
                     "upstream_proxy", "http://proxy.example:3128"},
        SpellingCase{"ProxyWithALoginAndASlash", "--upstream_proxy=http://u:p@proxy.example:3128/",
                     "upstream_proxy", "http://u:p@proxy.example:3128"}),
    [](const auto& row) { return row.param.name; });

// A message says what to write instead.
TEST(Settings, AnAddressThatIsNoneIsToldHowToBeWritten) {
  for (const std::string address : {"50051", "unix:x.sock", "http://h:1"}) {
    EXPECT_THAT(LoadWith({"--listen=" + address}).errors,
                ElementsAre(AllOf(HasSubstr("such as 0.0.0.0:50051"), HasSubstr("unix:/path"))));
  }
  EXPECT_THAT(LoadWith({"--admin_listen=unix:/run/x.sock"}).errors,
              ElementsAre(HasSubstr("not a Unix socket")));
}

TEST(Settings, EachHasARowInTheTestAbove) {
  std::set<std::string> tested = {"check_config"};
  for (const Case& row : kCases) tested.insert(row.name);
  std::set<std::string> existing;
  for (const Setting& setting : Settings()) existing.emplace(setting.name);
  EXPECT_EQ(tested, existing);
}

TEST(Settings, KeepAwayFromNamesThatKubernetesPutsIntoTheEnvironment) {
  for (const Setting& setting : Settings()) {
    EXPECT_NE(setting.name, "port");
    EXPECT_FALSE(setting.name.starts_with("port_") || setting.name.starts_with("service_") ||
                 setting.name.ends_with("_port"));
  }
}

TEST(Settings, AWrongValueIsShownInTheMessage) {
  const LoadResult result = LoadWith({"--max_attempts=zero\n"});
  EXPECT_THAT(result.errors, ElementsAre("--max_attempts=\"zero\\x0a\" (command line, argument 1) "
                                         "must be a whole number from 1 to 10"));
}

}  // namespace
}  // namespace modelgates::gateway
