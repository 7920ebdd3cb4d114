#include "failure/error_details.h"

#include "base/text.h"

namespace modelgates::gateway {
namespace {

template <class Detail>
void PackIfSet(const std::optional<Detail>& detail, google::rpc::Status& status) {
  if (detail) status.add_details()->PackFrom(*detail);
}

void Pack(const ErrorDetails& details, google::rpc::Status& status) {
  status.clear_details();
  status.add_details()->PackFrom(details.error_info);
  PackIfSet(details.bad_request, status);
  PackIfSet(details.precondition_failure, status);
  PackIfSet(details.quota_failure, status);
  PackIfSet(details.retry_info, status);
  status.add_details()->PackFrom(details.request_info);
  PackIfSet(details.help, status);
  PackIfSet(details.localized_message, status);
  PackIfSet(details.upstream_error, status);
}

void CutBody(ErrorDetails& details) {
  if (details.upstream_error) details.upstream_error->clear_body();
}

void CutMetadata(ErrorDetails& details) {
  if (details.upstream_error) details.upstream_error->clear_metadata();
}

void CutMessage(ErrorDetails& details) {
  constexpr size_t kShortMessageBytes = 200;
  if (!details.upstream_error) return;
  std::string* message = details.upstream_error->mutable_message();
  *message = CleanText(*message, kShortMessageBytes);
}

void CutLocalizedMessage(ErrorDetails& details) { details.localized_message.reset(); }

void CutHelp(ErrorDetails& details) { details.help.reset(); }

void CutAttemptLog(ErrorDetails& details) {
  if (details.upstream_error) details.upstream_error->clear_attempt_log();
}

void CutViolations(ErrorDetails& details) {
  constexpr int kKept = 8;
  if (!details.bad_request) return;
  auto& violations = *details.bad_request->mutable_field_violations();
  if (violations.size() > kKept) violations.DeleteSubrange(kKept, violations.size() - kKept);
}

void CutUpstreamError(ErrorDetails& details) { details.upstream_error.reset(); }

constexpr void (*kCuts[])(ErrorDetails&) = {
    CutBody, CutMetadata,   CutMessage,    CutLocalizedMessage,
    CutHelp, CutAttemptLog, CutViolations, CutUpstreamError};

}  // namespace

bool PackDetails(ErrorDetails details, google::rpc::Status& status) {
  Pack(details, status);
  bool truncated = false;
  for (const auto cut : kCuts) {
    if (status.ByteSizeLong() <= kMaxStatusBytes) break;
    truncated = true;
    if (details.upstream_error) details.upstream_error->set_truncated(true);
    cut(details);
    Pack(details, status);
  }
  return truncated;
}

}  // namespace modelgates::gateway
