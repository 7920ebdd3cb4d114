#include <fmt/format.h>

#include <set>

#include "upstream/error_catalogue.h"

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

}  // namespace

std::string ErrorCatalogueMarkdown() {
  std::string text =
      "| condition | code | reason | create retried | exchange retried | authCodeState | to the "
      "breaker |\n"
      "|--|--|--|--|--|--|--|\n";
  std::set<std::string_view> seen;  // one condition may need several rows in the code
  for (const ErrorRow& row : ErrorCatalogue()) {
    if (!seen.insert(row.condition).second) continue;
    std::string code = Code(row.code);
    std::string reason = v1::ErrorReason_Name(row.reason);
    if (row.exchange_reason != row.reason) {
      code += "; exchange " + Code(row.exchange_code);
      reason += "; exchange " + v1::ErrorReason_Name(row.exchange_reason);
    }
    text +=
        fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", row.condition, code, reason,
                    Word(row.create), Word(row.exchange),
                    v1::UpstreamError::AuthCodeState_Name(row.auth_code_state), Word(row.health));
  }
  return text;
}

}  // namespace modelgates::gateway
