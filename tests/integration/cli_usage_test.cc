#include "integration/cli_fixture.h"

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

using Arguments = std::vector<std::string>;

// Command lines that are not understood; nothing is sent.
class CliUsage : public CliTest {
 protected:
  void TearDown() override { EXPECT_EQ(upstream_.connections(), 0); }

  std::string Refused(const Arguments& arguments) {
    const CliRun run = Run(arguments);
    EXPECT_EQ(run.status, 2) << testing::PrintToString(arguments);
    EXPECT_EQ(run.out, "");
    EXPECT_THAT(run.err, testing::StartsWith("modelgates-oauth: "));
    EXPECT_THAT(run.err, HasSubstr("\n  next: "));
    return run.err;
  }
};

TEST_F(CliUsage, NamesTheCommandThatWasMeant) {
  EXPECT_THAT(Refused({"creat"}), HasSubstr("unknown command \"creat\": did you mean create?\n"));
  EXPECT_THAT(Refused({"creat", "--callback-url", "https://a.example"}), HasSubstr("\"creat\""));
  EXPECT_THAT(Refused({"foo"}), HasSubstr("unknown command \"foo\"\n"));
  EXPECT_THAT(Refused({"help", "logn"}), HasSubstr("\"logn\": did you mean login?\n"));
  EXPECT_THAT(Refused({"foo"}), HasSubstr("next: modelgates-oauth help lists the commands"));
}

TEST_F(CliUsage, NamesTheFlagThatWasMeant) {
  EXPECT_THAT(Refused({"create", "--callbak-url", "https://a.example"}),
              HasSubstr("unknown flag --callbak-url of create: did you mean --callback-url?\n"));
  EXPECT_THAT(Refused({"create", "--callback_url=https://a.example"}),
              HasSubstr("unknown flag --callback_url of create: did you mean --callback-url?\n"));
  EXPECT_THAT(Refused({"--gatway", "127.0.0.1:1", "health"}), HasSubstr("mean --gateway?\n"));
  EXPECT_THAT(Refused({"create", "--callback-url", "x", "--colour", "red"}),
              HasSubstr("unknown flag --colour of create\n"));
}

TEST_F(CliUsage, NamesThePlaceOfAnArgument) {
  EXPECT_THAT(Refused({"create", "https://a/cb"}),
              HasSubstr("unexpected argument \"https://a/cb\" of create: the URL goes to "
                        "--callback-url\n"));
  EXPECT_THAT(Refused({"health", "now"}), HasSubstr("unexpected argument \"now\" of health\n"));
  // Secrets are not repeated.
  EXPECT_THAT(Refused({"exchange", "c-1"}),
              HasSubstr("unexpected argument: the code goes to --code\n"));
  EXPECT_THAT(Refused({"pkce", "v-1"}), HasSubstr("a verifier goes to --code-verifier\n"));
  EXPECT_THAT(Refused({"exchange", "--cod=c-1"}), Not(HasSubstr("c-1")));
}

TEST_F(CliUsage, SaysWhatAValueMustBe) {
  const std::pair<Arguments, const char*> cases[] = {
      {{"create"}, "--callback-url is required"},
      {{"create", "--callback-url"}, "--callback-url must have a value"},
      {{"health", "--timeout", "1s", "--timeout", "2s"}, "--timeout is given more than once"},
      {{"health", "--client-cert-file", "a"}, "--client-cert-file requires --client-key-file"},
      {{"create", "--callback-url", "x", "--limit", "much"},
       "--limit must be a number of US dollars"},
      {{"create", "--callback-url", "x", "--exponent", "much"}, "--exponent must be a number"},
      {{"create", "--callback-url", "x", "--max-attempts", "many"},
       "--max-attempts must be a whole number from 1 to 10"},
      {{"create", "--callback-url", "x", "--retry-connection-errors", "maybe"},
       "--retry-connection-errors must be true or false"},
      {{"create", "--callback-url", "x", "--usage-limit-type", "hourly"},
       "--usage-limit-type must be daily, weekly or monthly"},
      {{"login", "--port", "http"}, "--port must be a whole number from 0 to 65535"},
      {{"exchange", "--code", "c-1", "--key-file", ""},
       "--key-file must not be empty; - is stdout"},
      {{"create", "--callback-url", "x", "--expires-at", "tomorrow"},
       "--expires-at must be a time"},
      {{"create", "--callback-url", "x", "--jitter", "1 year"}, "--jitter must be a duration"},
      {{"health", "--timeout", "soon"}, "--timeout must be a duration"},
      {{"health", "--output", "xml"}, "--output must be text or json"},
      {{"completion", "tcsh"}, "shell must be bash, zsh or fish"},
      {{"completion"}, "shell is required"}};
  for (const auto& [arguments, rule] : cases) {
    EXPECT_THAT(Refused(arguments), HasSubstr(std::string("\n  ") + rule));
  }
}

TEST_F(CliUsage, HasTheShapeOfOtherErrorsInJson) {
  const Arguments wrong[] = {{"--output", "json"},
                             {"--output=json", "creat"},
                             {"creat", "--output", "json"},
                             {"create", "--output", "json"},
                             {"create", "--output=json", "https://a/cb"},
                             {"create", "--limit", "much", "--output", "json"},
                             {"health", "--output", "json", "--timeout"},
                             {"health", "--output", "json", "--timeout", "soon"},
                             {"help", "--output", "json", "creat"}};
  for (const Arguments& arguments : wrong) {
    const CliRun run = Run(arguments);
    EXPECT_EQ(run.status, 2) << testing::PrintToString(arguments);
    EXPECT_EQ(run.err, "");
    ASSERT_TRUE(run.json().is_object()) << run.out;
    const nlohmann::json error = run.json()["error"];
    EXPECT_EQ(error["code"], "INVALID_ARGUMENT");
    EXPECT_EQ(error["exit_status"], 2);
    EXPECT_NE(error["message"], "");
    EXPECT_NE(error["next"], "");
  }
  EXPECT_EQ(Run({"creat", "--output", "json"}).json()["error"]["message"],
            "unknown command \"creat\": did you mean create?");
  EXPECT_EQ(Run({"create", "--output", "json"}).json()["error"]["field_violations"][0]["field"],
            "--callback-url");
}

}  // namespace
}  // namespace modelgates::gateway
