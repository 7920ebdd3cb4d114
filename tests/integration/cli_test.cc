#include "integration/cli_fixture.h"

namespace modelgates::gateway {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class Cli : public CliTest {
 protected:
  json LastBody() const { return json::parse(upstream_.Requests().back().body); }
};

// ---- create

TEST_F(Cli, CreatesACodeAndPrintsItAlone) {
  const CliRun run = Run({"create", "--callback-url", kCallbackUrl});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.out, "auth-code-1\n");
  EXPECT_EQ(run.err, "");
}

TEST_F(Cli, PrintsAllThereIsToKnowAsJson) {
  const CliRun run =
      Run({"--output", "json", "--request-id", "mine-1", "create", "--callback-url", kCallbackUrl});
  EXPECT_EQ(run.json(), json::parse(R"({"code":"auth-code-1","app_id":7,
      "created_at":"2026-05-04T03:02:01.500Z","request_id":"mine-1"})"));
}

TEST_F(Cli, SendsEveryFieldOfACreate) {
  const CliRun run =
      Run({"create", "--callback-url=https://app.example/cb", "--http-referer=https://app.example",
           "--x-open-router-title=App", "--x-open-router-categories=cli-agent",
           "--code-challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
           "--code-challenge-method=S256", "--expires-at=2027-12-31T23:59:59.25Z",
           "--key-label=label", "--limit=0.1", "--usage-limit-type=weekly", "--workspace-id=w-1"});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(LastBody(), json::parse(R"({"callback_url":"https://app.example/cb",
      "code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
      "code_challenge_method":"S256","expires_at":"2027-12-31T23:59:59.250000Z",
      "key_label":"label","limit":0.1,"usage_limit_type":"weekly","workspace_id":"w-1"})"));
  const ReceivedRequest request = upstream_.Requests().back();
  EXPECT_EQ(request.Header("HTTP-Referer"), "https://app.example");
  EXPECT_EQ(request.Header("X-OpenRouter-Title"), "App");
  EXPECT_EQ(request.Header("X-OpenRouter-Categories"), "cli-agent");
}

// Empty is a value: "no header", where the gateway has a default.
TEST_F(Cli, KeepsEmptyApartFromAbsent) {
  config_.http_referer = "https://gateway.example";
  ASSERT_EQ(Run({"create", "--callback-url", kCallbackUrl}).status, 0);
  EXPECT_EQ(upstream_.Requests().back().Header("HTTP-Referer"), "https://gateway.example");
  ASSERT_EQ(Run({"create", "--callback-url", kCallbackUrl, "--http-referer", ""}).status, 0);
  EXPECT_EQ(upstream_.Requests().back().Header("HTTP-Referer"), std::nullopt);
}

TEST_F(Cli, SendsTheRetriesOfTheCall) {
  upstream_.SetDefault(kCreatePath, Answer::Json(429, ErrorBody(429, "slowly")));
  const CliRun run =
      Run({"create",  "--callback-url",     kCallbackUrl, "--max-attempts",
           "3",       "--initial-interval", "10ms",       "--max-interval",
           "10ms",    "--jitter",           "0s",         "--exponent",
           "1",       "--max-elapsed-time", "1m",         "--strategy",
           "backoff", "--status-codes",     "429,5XX",    "--retry-connection-errors",
           "false"});
  EXPECT_EQ(run.status, 3);
  EXPECT_EQ(upstream_.Requests().size(), 3u);
  EXPECT_EQ(Run({"create", "--callback-url", kCallbackUrl, "--strategy", "none"}).status, 3);
  EXPECT_EQ(upstream_.Requests().size(), 4u);
}

// ---- exchange

TEST_F(Cli, TakesSecretsFromArgumentsFilesAndStdin) {
  Write(File("verifier"), std::string(kVerifier) + "\n");
  const std::string verifier = "@" + File("verifier");
  EXPECT_EQ(Run({"exchange", "--code", "code-1", "--code-verifier", kVerifier}).out, "sk-user-1\n");
  EXPECT_EQ(LastBody()["code"], "code-1");
  EXPECT_EQ(Run({"exchange", "--code", "-", "--code-verifier", verifier}, "code-2\r\n").out,
            "sk-user-1\n");
  EXPECT_EQ(LastBody()["code"], "code-2");
  EXPECT_EQ(LastBody()["code_verifier"], kVerifier);
  EXPECT_EQ(
      Run({"exchange", "--code", "-", "--code-verifier", "-"}, "code-3\n" + std::string(kVerifier))
          .status,
      0);
  EXPECT_EQ(LastBody()["code"], "code-3");
  EXPECT_EQ(LastBody()["code_verifier"], kVerifier);
}

TEST_F(Cli, NamesAFileThatCannotBeRead) {
  const CliRun run = Run({"exchange", "--code", "@" + File("none")});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.err, HasSubstr("--code cannot read " + File("none") + ": No such file"));
  EXPECT_THAT(Run({"exchange", "--code", "-"}).err, HasSubstr("--code found no line on stdin"));
  EXPECT_EQ(upstream_.connections(), 0);
}

// What a paste brings along is no part of the code.
TEST_F(Cli, TakesAwayWhatSurroundsAPastedCode) {
  const std::string pasted[] = {" c-%\t", "\r\nc-%\r\n",
                                "\xc2\xa0"
                                "c-%\xc2\xa0",
                                "\xef\xbb\xbf"
                                "c-%\n\n"};
  int count = 0;
  for (std::string text : pasted) {
    const std::string number = std::to_string(++count);
    text.replace(text.find('%'), 1, number);
    Write(File("code"), text);
    for (const std::string& flag : {text, "@" + File("code")}) {
      ASSERT_EQ(Run({"exchange", "--code", flag, "--once-only"}).status, 0) << number;
      EXPECT_EQ(LastBody()["code"], "c-" + number);
    }
  }
}

TEST_F(Cli, SendsNothingThatCannotBeACode) {
  for (const std::string url :
       {"https://myapp.example/cb?state=s&code=c-1", "http://127.0.0.1:9/callback?code=c-1",
        "/cb?code=c-1&state=s", "code=c-1&state=s"}) {
    const CliRun run = Run({"exchange", "--code", url});
    EXPECT_EQ(run.status, 2);
    EXPECT_THAT(run.err, HasSubstr("--code is a whole URL: give the value of its code parameter"));
    EXPECT_THAT(run.err, Not(HasSubstr("c-1")));
  }
  for (const std::string text : {"c-1\nc-2", "c-\x1b[1", "c-\xc3\xa4", "c-\x7f"}) {
    Write(File("code"), text);
    const CliRun run = Run({"exchange", "--code", "@" + File("code")});
    EXPECT_EQ(run.status, 2);
    EXPECT_THAT(run.err, HasSubstr("--code has a line break"));
  }
  EXPECT_THAT(Run({"exchange", "--code", " \n"}).err, HasSubstr("--code is empty"));
  EXPECT_THAT(Run({"exchange", "--code", "c-1", "--code-verifier", ""}).err,
              HasSubstr("--code-verifier is empty"));
  EXPECT_EQ(upstream_.connections(), 0);
}

// protobuf could not send it, and would say so in words of its own.
TEST_F(Cli, NamesTheFlagWhoseTextIsNoUtf8) {
  const std::string bad = "caf\xe9";
  const std::vector<std::vector<std::string>> cases = {
      {"--key-label", "create", "--callback-url", kCallbackUrl, "--key-label", bad},
      {"--callback-url", "create", "--callback-url", "https://" + bad},
      {"--x-open-router-title", "create", "--callback-url", kCallbackUrl, "--x-open-router-title",
       bad},
      {"--status-codes", "create", "--callback-url", kCallbackUrl, "--status-codes", bad},
      {"--code", "exchange", "--code", bad},
      {"--bearer", "health", "--bearer", bad},
      {"--request-id", "health", "--request-id", bad},
      {"--app-name", "login", "--no-browser", "--app-name", bad}};
  for (const std::vector<std::string>& each : cases) {
    const CliRun run = Run({each.begin() + 1, each.end()});
    EXPECT_EQ(run.status, 2) << each.front();
    EXPECT_THAT(run.err, HasSubstr("  " + each.front() + " is not UTF-8"));
    EXPECT_THAT(run.err, Not(HasSubstr("libprotobuf")));
  }
  EXPECT_EQ(upstream_.connections(), 0);
}

TEST_F(Cli, TellsNullFromAbsent) {
  ASSERT_EQ(Run({"exchange", "--code", "c-1"}).status, 0);
  EXPECT_FALSE(LastBody().contains("code_challenge_method"));
  ASSERT_EQ(Run({"exchange", "--code", "c-2", "--code-challenge-method", "null"}).status, 0);
  EXPECT_TRUE(LastBody()["code_challenge_method"].is_null());
}

TEST_F(Cli, ReplaysAnExchangeUnlessToldOtherwise) {
  const std::vector<std::string> exchange = {"exchange", "--code",   "c-1", "--code-verifier",
                                             kVerifier,  "--output", "json"};
  EXPECT_EQ(Run(exchange).json()["replayed"], false);
  const CliRun again = Run(exchange);
  EXPECT_EQ(again.json()["replayed"], true);
  EXPECT_EQ(again.json()["key"], "sk-user-1");
  EXPECT_EQ(again.json()["user_id"], "user-1");
  EXPECT_EQ(upstream_.Requests().size(), 1u);
  std::vector<std::string> once = exchange;
  once.emplace_back("--once-only");
  EXPECT_EQ(Run(once).json()["replayed"], false);
  EXPECT_EQ(upstream_.Requests().size(), 2u);
}

TEST_F(Cli, BringsTheCallersOwnKey) {
  config_.credential_mode = CredentialMode::kPassthrough;
  const CliRun without = Run({"create", "--callback-url", kCallbackUrl});
  EXPECT_EQ(without.status, 4);
  EXPECT_THAT(without.err, HasSubstr("CREDENTIAL_MISSING"));
  EXPECT_THAT(without.err, HasSubstr("next: give an API key with --bearer"));
  EXPECT_EQ(Run({"create", "--callback-url", kCallbackUrl, "--bearer", "-"}, "sk-mine\n").status,
            0);
  EXPECT_EQ(upstream_.Requests().back().Header("Authorization"), "Bearer sk-mine");
}

// ---- Errors

struct Ending {
  const char* name;
  int http_status;
  int exit_status;
  const char* advice;
};

class CliErrors : public Cli, public testing::WithParamInterface<Ending> {};

TEST_P(CliErrors, HaveAnExitStatusAndAWayOn) {
  config_.max_attempts = 1;
  upstream_.SetDefault(kExchangePath, Answer::Json(GetParam().http_status,
                                                   ErrorBody(GetParam().http_status, "said so")));
  const std::vector<std::string> exchange = {"exchange", "--code", "secret-code-1"};
  const CliRun text = Run(exchange);
  EXPECT_EQ(text.status, GetParam().exit_status) << text.err;
  EXPECT_THAT(text.err, HasSubstr("next: " + std::string(GetParam().advice)));
  EXPECT_THAT(text.err, HasSubstr("request id: "));
  EXPECT_EQ(text.out, "");

  std::vector<std::string> as_json = exchange;
  as_json.insert(as_json.end(), {"--output", "json", "--once-only"});
  const CliRun program = Run(as_json);
  EXPECT_EQ(program.status, GetParam().exit_status);
  EXPECT_EQ(program.json()["error"]["exit_status"], GetParam().exit_status);
  EXPECT_EQ(program.json()["error"]["http_status"], GetParam().http_status);
  EXPECT_EQ(program.json()["error"]["upstream_message"], "said so");
  EXPECT_EQ(program.err, "");
  EXPECT_THAT(text.err + program.out, Not(HasSubstr("secret-code-1")));
}

INSTANTIATE_TEST_SUITE_P(All, CliErrors,
                         testing::Values(Ending{"Wrong", 400, 2, "correct what is named above"},
                                         Ending{"Refused", 403, 4, "start a new login"},
                                         Ending{"Credit", 402, 1, "add credit"},
                                         Ending{"Conflict", 409, 1, "show the request id"},
                                         Ending{"Limited", 429, 3, "try again later"},
                                         Ending{"MayBeSpent", 500, 5, "start a new login"},
                                         Ending{"Redirect", 302, 5, "start a new login"}),
                         [](const auto& row) { return row.param.name; });

// CSI in one character, and a right-to-left override.
TEST_F(Cli, ShowsWordsOfOthersAsEscapes) {
  upstream_.SetDefault(kExchangePath, Answer::Json(403, ErrorBody(403,
                                                                  "a\xc2\x9b"
                                                                  "31mb\xe2\x80\xae"
                                                                  "c")));
  for (const std::string output : {"text", "json"}) {
    const CliRun run = Run({"exchange", "--code", "c-1", "--output", output});
    EXPECT_EQ(run.status, 4);
    const std::string shown = run.out + run.err;
    EXPECT_THAT(shown, Not(HasSubstr("\xc2\x9b")));
    EXPECT_THAT(shown, Not(HasSubstr("\xe2\x80\xae")));
  }
}

// As the flags that set them, each rule once.
TEST_F(Cli, NamesEveryWrongField) {
  const std::vector<std::string> create = {"create", "--callback-url", "nowhere", "--limit",
                                           "inf",    "--max-attempts", "11"};
  const CliRun run = Run(create);
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.err,
              testing::MatchesRegex("modelgates-oauth: [A-Z_]+: [^:\n]*\n"
                                    "(  --(callback-url|limit|max-attempts) must [^\n]*\n)+"
                                    "(  [a-z].*)"));
  for (const char* flag :
       {"  --callback-url must be", "  --limit must be", "  --max-attempts must be"}) {
    EXPECT_THAT(run.err, HasSubstr(flag));
  }
  EXPECT_EQ(upstream_.connections(), 0);
}

// Programs read the names of the API.
TEST_F(Cli, NamesTheFieldsOfTheApiInJson) {
  const json error =
      Run({"create", "--callback-url", "nowhere", "--output", "json"}).json()["error"];
  EXPECT_EQ(error["field_violations"][0]["field"], "callback_url");
  EXPECT_THAT(error["message"].get<std::string>(), HasSubstr(": callback_url must be"));
}

TEST_F(Cli, SaysSoWhenThereIsNoGateway) {
  const CliRun run = Run({"health", "--gateway", "127.0.0.1:1"});
  EXPECT_EQ(run.status, 3);
  EXPECT_THAT(run.err, HasSubstr("CONNECTION_REFUSED: no server listens at 127.0.0.1:1\n"));
  EXPECT_THAT(run.err, HasSubstr("next: check --gateway"));
  EXPECT_THAT(Run({"health", "--gateway", "unix:" + File("none")}).err,
              HasSubstr("CONNECTION_REFUSED: no server listens at unix:" + File("none") + "\n"));
  EXPECT_THAT(
      Run({"health", "--gateway", "no-such-host.invalid:1"}).err,
      HasSubstr("NAME_NOT_FOUND: the host name of no-such-host.invalid:1 has no address\n"));
}

TEST_F(Cli, SaysHowLongToWait) {
  upstream_.SetDefault(kCreatePath,
                       Answer::Json(429, ErrorBody(429, "slowly"), {{"Retry-After", "60"}}));
  const CliRun run = Run({"create", "--callback-url", kCallbackUrl});
  EXPECT_EQ(run.status, 3);
  EXPECT_THAT(run.err, HasSubstr("\n  wait: 60 s\n  next: try again after the wait\n"));
}

TEST_F(Cli, TellsToRepeatAnExchangeThatTookTooLong) {
  upstream_.SetDefault(kExchangePath, Answer::Hang());
  const CliRun run = Run({"exchange", "--code", "c-1", "--timeout", "400ms"});
  EXPECT_EQ(run.status, 6);
  EXPECT_THAT(run.err, HasSubstr("EXCHANGE_IN_PROGRESS"));
  EXPECT_THAT(run.err, HasSubstr("next: run the very same command again"));
}

TEST_F(Cli, StopsOnASignal) {
  upstream_.SetDefault(kCreatePath, Answer::Hang());
  const auto process = Start({"create", "--callback-url", kCallbackUrl});
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  process->Signal(SIGINT);
  EXPECT_EQ(End(*process).status, 130);
  EXPECT_TRUE(upstream_.WaitForOpenConnections(0));
}

// ---- pkce and health

TEST_F(Cli, MakesThePairOfTheRfc) {
  // RFC 7636, appendix B.
  const CliRun run = Run({"pkce", "--code-verifier", "-", "--output", "json"},
                         "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk\n");
  EXPECT_EQ(run.json()["code_challenge"], "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  const json one = Run({"pkce", "--output", "json"}).json();
  EXPECT_EQ(one["code_verifier"].get<std::string>().size(), 43u);
  EXPECT_NE(Run({"pkce", "--output", "json"}).json()["code_verifier"], one["code_verifier"]);
}

TEST_F(Cli, AsksForHealth) {
  const CliRun run = Run({"health"});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.out, "SERVING\n");
  EXPECT_EQ(Run({"health", "--output", "json"}).json(), json::parse(R"({"status":"SERVING"})"));
}

}  // namespace
}  // namespace modelgates::gateway
