#include "cli_flags.h"

#include "flag_values.h"
#include "option_types.h"
#include "utf8_text.h"

namespace modelgates::oauth::cli {
namespace {

void AddMethod(CLI::App& command, std::optional<CodeChallengeMethod>& into,
               const std::vector<std::string>& names) {
  OneOf(command.add_option_function<std::string>(
            "--code-challenge-method",
            [&into](const std::string& name) {
              into = name == "S256"    ? CodeChallengeMethod::kS256
                     : name == "plain" ? CodeChallengeMethod::kPlain
                                       : CodeChallengeMethod::kUnspecified;
            },
            "method of the challenge"),
        names);
}

void AddKeyFile(CLI::App& command, std::string& into) {
  const auto rule = [](const std::string& path) -> std::string {
    return path.empty() ? "must not be empty; - is stdout" : "";
  };
  command.add_option("--key-file", into, "file for the key, mode 0600; -: stdout")
      ->type_name("FILE")
      ->check(CLI::Validator(rule, ""));
}

template <class Request>
void SetApp(Request& request, const AppFlags& app) {
  request.http_referer = app.http_referer;
  request.x_open_router_title = app.x_open_router_title;
  request.x_open_router_categories = app.x_open_router_categories;
}

// Parses the flag into `duration`, if it was given.
std::optional<Error> Set(std::optional<std::chrono::nanoseconds>& duration, const char* flag,
                         const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  Result<std::chrono::nanoseconds> parsed = ParseDuration(flag, *text);
  if (!parsed.ok()) return std::move(parsed).error();
  duration = *parsed;
  return std::nullopt;
}

}  // namespace

std::optional<Error> FindBrokenText(const CLI::App& command) {
  for (const CLI::Option* const option : command.get_options()) {
    // Names of files may contain any bytes.
    if (option->get_type_name() == "FILE") continue;
    const bool from_file = option->get_type_name() == "TEXT|@FILE|-";
    for (const std::string& text : option->results()) {
      if (IsUtf8(text) || (from_file && text.starts_with('@'))) continue;
      return WrongFlag(option->get_name().substr(option->get_name().find_first_not_of('-')),
                       "is not UTF-8: check the encoding of the terminal or the script");
    }
  }
  return std::nullopt;
}

// ---- Parts

void AppFlags::AddTo(CLI::App& command) {
  AddOptional(command, "--http-referer", http_referer, "URL", "URL of the app; \"\": send none");
  AddOptional(command, "--x-open-router-title", x_open_router_title, "TEXT",
              "name of the app, sent to ModelGates");
  AddOptional(command, "--x-open-router-categories", x_open_router_categories, "LIST",
              "categories: cli-agent,cloud-agent");
}

void RetryFlags::AddTo(CLI::App& command) {
  OneOf(AddOptional(command, "--strategy", strategy, "", "none: no retries"), {"none", "backoff"});
  AddOptional(command, "--initial-interval", initial_interval, "DURATION",
              "wait before the first retry");
  AddOptional(command, "--max-interval", max_interval, "DURATION", "longest wait between attempts");
  AddOptional(command, "--exponent", exponent, "NUMBER", "growth factor of the waits");
  AddOptional(command, "--max-elapsed-time", max_elapsed_time, "DURATION",
              "no retry later than this after the start");
  AddOptional(command, "--jitter", jitter, "DURATION", "longest random part of a wait");
  AddOptional(command, "--retry-connection-errors", retry_connection_errors, "BOOL",
              "retry connection errors too");
  command.add_option("--status-codes", status_codes, "HTTP statuses to retry: 429,5XX")
      ->type_name("LIST")
      ->delimiter(',')
      ->allow_extra_args(false);
  AddOptional(command, "--max-attempts", max_attempts, "1-10", "attempts, including the first");
  for (const char* name :
       {"--strategy", "--initial-interval", "--max-interval", "--exponent", "--max-elapsed-time",
        "--jitter", "--retry-connection-errors", "--status-codes", "--max-attempts"}) {
    command.get_option(name)->group("Retries of the gateway");
  }
}

Result<std::optional<RetryConfig>> RetryFlags::ToRetryConfig() const {
  BackoffStrategy backoff;
  for (const auto& error : {Set(backoff.initial_interval, "initial-interval", initial_interval),
                            Set(backoff.max_interval, "max-interval", max_interval),
                            Set(backoff.max_elapsed_time, "max-elapsed-time", max_elapsed_time),
                            Set(backoff.jitter, "jitter", jitter)}) {
    if (error) return *error;
  }
  backoff.exponent = exponent.value_or(0);
  RetryConfig config;
  if (strategy) {
    config.strategy =
        *strategy == "none" ? RetryConfig::Strategy::kNone : RetryConfig::Strategy::kBackoff;
  }
  const bool has_backoff =
      initial_interval || max_interval || max_elapsed_time || jitter || exponent;
  if (has_backoff) config.backoff = backoff;
  config.retry_connection_errors = retry_connection_errors;
  config.status_codes = status_codes;
  config.max_attempts = max_attempts;
  const bool given =
      strategy || has_backoff || retry_connection_errors || !status_codes.empty() || max_attempts;
  return given ? std::optional(config) : std::nullopt;
}

// ---- Commands

void CreateFlags::AddTo(CLI::App& command) {
  command.add_option("--callback-url", request.callback_url, "URL that the user returns to")
      ->type_name("URL")
      ->required();
  AddOptional(command, "--code-challenge", request.code_challenge, "TEXT",
              "PKCE challenge; see pkce --help");
  AddMethod(command, request.code_challenge_method, {"S256", "plain"});
  AddOptional(command, "--expires-at", expires_at, "TIME",
              "expiry of the key: 2027-12-31T23:59:59Z");
  AddOptional(command, "--key-label", request.key_label, "TEXT", "name of the key");
  AddOptional(command, "--limit", request.limit, "USD", "credit limit of the key");
  OneOf(command.add_option_function<std::string>(
            "--usage-limit-type",
            [this](const std::string& name) {
              request.usage_limit_type = name == "daily"    ? UsageLimitType::kDaily
                                         : name == "weekly" ? UsageLimitType::kWeekly
                                                            : UsageLimitType::kMonthly;
            },
            "period after which the limit is reset"),
        {"daily", "weekly", "monthly"});
  AddOptional(command, "--workspace-id", request.workspace_id, "ID", "workspace of the key");
  app.AddTo(command);
  retries.AddTo(command);
}

Result<CreateAuthCodeRequest> CreateFlags::ToRequest() const {
  CreateAuthCodeRequest filled = request;
  SetApp(filled, app);
  if (expires_at) {
    const Result<Time> time = ParseTime("expires-at", *expires_at);
    if (!time.ok()) return time.error();
    filled.expires_at = *time;
  }
  Result<std::optional<RetryConfig>> config = retries.ToRetryConfig();
  if (!config.ok()) return std::move(config).error();
  filled.retries = *std::move(config);
  return filled;
}

void ExchangeFlags::AddTo(CLI::App& command) {
  command.add_option("--code", code, "code from the redirect")
      ->type_name("TEXT|@FILE|-")
      ->required();
  AddOptional(command, "--code-verifier", code_verifier, "TEXT|@FILE|-",
              "PKCE verifier of the code");
  AddMethod(command, request.code_challenge_method, {"S256", "plain", "null"});
  command.add_flag("--once-only", once_only, "do not share the result of an identical call");
  AddKeyFile(command, key_file);
  app.AddTo(command);
  retries.AddTo(command);
}

Result<ExchangeAuthCodeRequest> ExchangeFlags::ToRequest(const std::stop_token& stop) const {
  ExchangeAuthCodeRequest filled = request;
  SetApp(filled, app);
  Result<SecretText> read = ReadPasted("code", code, stop);
  if (!read.ok()) return std::move(read).error();
  filled.code = *std::move(read);
  if (code_verifier) {
    Result<SecretText> verifier = ReadPasted("code-verifier", *code_verifier, stop);
    if (!verifier.ok()) return std::move(verifier).error();
    filled.code_verifier = *std::move(verifier);
  }
  Result<std::optional<RetryConfig>> config = retries.ToRetryConfig();
  if (!config.ok()) return std::move(config).error();
  filled.retries = *std::move(config);
  return filled;
}

void LoginFlags::AddTo(CLI::App& command) {
  AddKeyFile(command, key_file);
  command.add_flag("--no-browser", no_browser, "print the URL; do not open a browser");
  command.add_option("--site", site, "site of the authorization page")
      ->type_name("URL")
      ->envname("MODELGATES_SITE");
  command.add_option("--app-name", app_name, "name of the app on the last page of the browser")
      ->type_name("TEXT");
  AddOptional(command, "--limit", limit, "USD", "credit limit of the key");
  command.add_option("--wait", wait, "longest wait for the browser; default 5m")
      ->type_name("DURATION");
  command.add_option("--port", port, "port on 127.0.0.1; default: any free port")
      ->type_name("0-65535");
  command.add_option("--direct", direct, "create the code by API for this URL, without a page")
      ->type_name("CALLBACK-URL");
  app.AddTo(command);
}

}  // namespace modelgates::oauth::cli
