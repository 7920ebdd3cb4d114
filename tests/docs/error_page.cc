#include "docs/error_page.h"

#include <fmt/format.h>

#include "failure/error_words.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

std::string_view Word(RetryClass retry) {
  switch (retry) {
    case RetryClass::kFinal:
      return "never";
    case RetryClass::kNever:
      return "no";
    case RetryClass::kIfUnsent:
      return "if unsent";
    case RetryClass::kUnknownOutcome:
      return "once, if the outcome is unknown";
    case RetryClass::kAlways:
      return "yes";
  }
  return "no";
}

std::string_view Word(Health health) {
  switch (health) {
    case Health::kWorks:
      return "success";
    case Health::kFails:
      return "failure";
    case Health::kUnknown:
      return "nothing";
  }
  return "nothing";
}

std::string CallerMayRepeat(const ErrorRow& row) {
  switch (row.caller_retry) {
    case CallerRetry::kNo:
      return "no";
    case CallerRetry::kYes:
      return row.delay ? WaitWords(*row.delay) : "after RetryInfo";
    case CallerRetry::kAfterWait:
      return "after RetryInfo, if any";
  }
  return "no";
}

std::string Code(absl::StatusCode code) { return absl::StatusCodeToString(code); }

const ErrorRow& ExchangeRow(const ErrorRow& row) {
  return row.loses_exchange ? RowOf(v1::EXCHANGE_OUTCOME_UNKNOWN) : row;
}

void AddRow(const ErrorRow& row, std::string& text) {
  std::string code = Code(row.code);
  std::string reason = v1::ErrorReason_Name(row.reason);
  if (row.loses_exchange) {
    code += "; exchange " + Code(ExchangeRow(row).code);
    reason += "; exchange " + v1::ErrorReason_Name(ExchangeRow(row).reason);
  }
  text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", row.condition, code, reason,
                      Word(row.create), Word(row.exchange), CallerMayRepeat(row),
                      v1::UpstreamError::AuthCodeState_Name(row.auth_code_state), Word(row.health));
}

// The texts for end users of one condition, each once.
std::string UserLines(const ErrorRow& row, ErrorReason reason) {
  const bool lost = reason != row.reason;
  const std::string create = lost ? "" : UserWords(row.user.create, std::nullopt);
  const std::string exchange =
      UserWords(lost ? ExchangeRow(row).user.exchange : row.user.exchange, std::nullopt);
  if (create == exchange && !create.empty()) return fmt::format("  * end user: {}\n", create);
  std::string lines;
  if (!create.empty()) lines += fmt::format("  * end user, create: {}\n", create);
  if (!exchange.empty()) lines += fmt::format("  * end user, exchange: {}\n", exchange);
  return lines;
}

void AddCondition(const ErrorRow& row, ErrorReason reason, std::string& text) {
  text += fmt::format("* {}; cause: {}\n  * {}\n", row.condition, ToString(row.origin), row.what);
  text += fmt::format("  * what to do: {}\n",
                      row.remedy == nullptr ? "correct the fields that it names" : row.remedy);
  if (row.exchange_remedy != nullptr) {
    text += fmt::format("  * what to do after an exchange: {}\n", row.exchange_remedy);
  }
  if (ExchangeRow(row).reason == reason) {
    if (row.auth_code_state == v1::UpstreamError::UNKNOWN) {
      text += "  * after an exchange: the code may be spent, start a new authorization\n";
    } else if (row.auth_code_state == v1::UpstreamError::SPENT) {
      text += "  * after an exchange: the code is spent, start a new authorization\n";
    }
  }
  text += UserLines(row, reason);
}

void AddEntry(ErrorReason reason, std::string& text) {
  const std::string& name = v1::ErrorReason_Name(reason);
  text += fmt::format("\n### {}\n\n<a id=\"{}\"></a>{}\n\n", name, name, Code(RowOf(reason).code));
  for (const ErrorRow& row : ErrorCatalogue()) {
    if (row.reason == reason || ExchangeRow(row).reason == reason) AddCondition(row, reason, text);
  }
}

constexpr char kIntroduction[] = R"(# Error catalogue

Made from `service/failure/error_catalogue.cc` by `./scripts/docs`; a test compares the two.

The first table has a row for each way a call can fail.

* *create retried*, *exchange retried*: whether the gateway tries again by default. *if unsent*:
  only when the upstream cannot have used the code. *once, if the outcome is unknown*: one
  recovery after the attempt has ended. *never*: not even when `RetryConfig.status_codes` of the
  call names the status; *no* can be changed so for a create.
* *caller may repeat*: whether `retryable` in `ErrorInfo.metadata` can be `true`, and when the
  identical call then makes sense. *after RetryInfo, if any*: only when the upstream or the
  circuit breaker named a wait, the gateway has not spent its attempts, and, for an exchange, the
  code was not used. A caller goes by `retryable` alone.
* *authCodeState*: of an exchange. REJECTED is only what the API itself refused, with a JSON error
  of its own: the same status from anything else leaves the code UNKNOWN.
* *circuit breaker*: what the result counts as.

A success (2xx) that holds an `error` instead of what a reply needs has the row of the status in
`error.code`.

When a call may be repeated, the message and the text for the end user say when. The texts below are
those of a final error.

## All conditions

)";

}  // namespace

std::string ErrorPage() {
  std::string text = kIntroduction;
  text +=
      "| condition | code | reason | create retried | exchange retried | caller may repeat | "
      "authCodeState | circuit breaker |\n"
      "|--|--|--|--|--|--|--|--|\n";
  for (const ErrorRow& row : ErrorCatalogue()) AddRow(row, text);
  text += "\n## All reasons\n";
  const auto& reasons = *v1::ErrorReason_descriptor();
  for (int i = 1; i < reasons.value_count(); ++i) {
    AddEntry(static_cast<ErrorReason>(reasons.value(i)->number()), text);
  }
  return text;
}

}  // namespace modelgates::gateway
