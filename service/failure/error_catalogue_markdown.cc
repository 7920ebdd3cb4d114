#include <fmt/format.h>

#include <string>

#include "failure/error_catalogue.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

std::string_view Word(RetryClass retry) {
  switch (retry) {
    case RetryClass::kNever:
      return "no";
    case RetryClass::kIfUnsent:
      return "yes, unsent";
    case RetryClass::kOnceOver:
      return "once, when over";
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

std::string Code(absl::StatusCode code) { return absl::StatusCodeToString(code); }

void AddRow(const ErrorRow& row, std::string& text) {
  std::string code = Code(row.code);
  std::string reason = v1::ErrorReason_Name(row.reason);
  if (row.exchange_reason != row.reason) {
    code += "; exchange " + Code(row.exchange_code);
    reason += "; exchange " + v1::ErrorReason_Name(row.exchange_reason);
  }
  text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", row.condition, code, reason,
                      Word(row.create), Word(row.exchange),
                      v1::UpstreamError::AuthCodeState_Name(row.auth_code_state), Word(row.health));
}

// The texts for end users of one condition, each once.
std::string UserLines(const ErrorRow& row, ErrorReason reason) {
  const bool lost = reason != row.reason;
  const std::string create = lost ? "" : UserWords(row.words.create_user, std::nullopt);
  const UserText of_exchange =
      reason == v1::EXCHANGE_OUTCOME_UNKNOWN ? UserText::kInterrupted : row.words.exchange_user;
  const std::string exchange = UserWords(of_exchange, std::nullopt);
  if (create == exchange && !create.empty()) return fmt::format("  * end user: {}\n", create);
  std::string lines;
  if (!create.empty()) lines += fmt::format("  * end user, create: {}\n", create);
  if (!exchange.empty()) lines += fmt::format("  * end user, exchange: {}\n", exchange);
  return lines;
}

void AddCondition(const ErrorRow& row, ErrorReason reason, std::string& text) {
  text +=
      fmt::format("* {}; cause: {}\n  * {}\n", row.condition, ToString(row.origin), row.words.what);
  const char* remedy =
      row.words.remedy == nullptr ? "correct the fields that it names" : row.words.remedy;
  text += fmt::format("  * what to do: {}\n", remedy);
  if (row.exchange_reason == reason && row.auth_code_state == v1::UpstreamError::UNKNOWN) {
    text += "  * after an exchange: the code may be spent, start a new authorization\n";
  } else if (row.exchange_reason == reason && row.auth_code_state == v1::UpstreamError::SPENT) {
    text += "  * after an exchange: the code is spent, start a new authorization\n";
  }
  text += UserLines(row, reason);
}

void AddEntry(ErrorReason reason, std::string& text) {
  const std::string& name = v1::ErrorReason_Name(reason);
  std::string conditions;
  absl::StatusCode code{};
  for (const ErrorRow& row : ErrorCatalogue()) {
    const bool create = row.reason == reason;
    if (!create && row.exchange_reason != reason) continue;
    code = create ? row.code : row.exchange_code;
    AddCondition(row, reason, conditions);
  }
  text += fmt::format("\n### {}\n\n<a id=\"{}\"></a>{}\n\n{}", name, name, Code(code), conditions);
}

constexpr char kIntroduction[] = R"(# Error catalogue

Made from `service/failure/error_catalogue.cc`; a test compares the two. `retryable` in
`ErrorInfo.metadata` decides whether to repeat a call; the first table says what the gateway itself does.
REJECTED is only what the API itself refused, with a JSON error of its own: the same status from anything
else leaves the code UNKNOWN. A success (2xx) that holds an `error` instead of what a reply needs has the
row of the status in `error.code`.

When a call may be repeated, the message and the text for the end user say when. What is below stands in
an error that is final.

## All conditions

)";

}  // namespace

std::string ErrorCatalogueMarkdown() {
  std::string text = kIntroduction;
  text +=
      "| condition | code | reason | create retried | exchange retried | authCodeState | to the "
      "breaker |\n"
      "|--|--|--|--|--|--|--|\n";
  for (const ErrorRow& row : ErrorCatalogue()) AddRow(row, text);
  text += "\n## All reasons\n";
  for (int number = 1; number < v1::ErrorReason_ARRAYSIZE; ++number) {
    if (v1::ErrorReason_IsValid(number)) AddEntry(static_cast<ErrorReason>(number), text);
  }
  return text;
}

}  // namespace modelgates::gateway
