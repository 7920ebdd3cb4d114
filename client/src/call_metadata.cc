#include "call_metadata.h"

#include <strings.h>

#include <algorithm>

#include "local_error.h"

namespace modelgates::oauth {
namespace {

bool IsVisibleAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool IsRequestId(std::string_view text) {
  return text.size() <= 128 && IsVisibleAscii(text) && text.find(' ') == std::string_view::npos;
}

SecretText ToAuthorization(std::string_view bearer) {
  constexpr std::string_view kScheme = "Bearer ";
  const bool has_scheme = bearer.size() >= kScheme.size() &&
                          strncasecmp(bearer.data(), kScheme.data(), kScheme.size()) == 0;
  return SecretText(std::string(has_scheme ? "" : kScheme).append(bearer));
}

}  // namespace

Result<Metadata> ToMetadata(const ClientOptions& client, const CallOptions& call) {
  const SecretText& bearer = call.bearer ? *call.bearer : client.bearer;
  std::vector<FieldViolation> violations;
  if (!IsVisibleAscii(bearer.Reveal())) {
    violations.push_back({"bearer", "must be visible ASCII"});
  }
  if (!IsRequestId(call.request_id)) {
    violations.push_back({"request_id", "must be at most 128 of visible ASCII, no spaces"});
  }
  if (!IsVisibleAscii(call.traceparent)) {
    violations.push_back({"traceparent", "must be visible ASCII"});
  }
  if (!violations.empty()) return InvalidFields(std::move(violations));

  Metadata metadata;
  if (!bearer.empty()) metadata.emplace_back("authorization", ToAuthorization(bearer.Reveal()));
  if (!call.request_id.empty()) metadata.emplace_back("x-request-id", SecretText(call.request_id));
  if (!call.traceparent.empty()) {
    metadata.emplace_back("traceparent", SecretText(call.traceparent));
  }
  if (call.once_only) metadata.emplace_back("x-modelgates-exchange", SecretText("once-only"));
  return metadata;
}

}  // namespace modelgates::oauth
