#include "failure/upstream_error.h"

#include <algorithm>
#include <string>

#include "base/markup.h"
#include "base/text.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;

constexpr size_t kMaxTextBytes = 1024;
constexpr size_t kMaxIdBytes = 128;

void SetDuration(Duration value, google::protobuf::Duration& duration) {
  const auto nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(value).count();
  duration.set_seconds(nanos / 1'000'000'000);
  duration.set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
}

// Cleans texts of the upstream, and remembers whether one was cut.
class Cleaner {
 public:
  explicit Cleaner(const Redaction& redaction) : redaction_(redaction) {}

  std::string Clean(std::string_view text, size_t max_bytes) {
    return Cut(Redacted(text), max_bytes);
  }
  std::string CleanPage(std::string_view text, size_t max_bytes) {
    return Cut(StripMarkup(Redacted(text)), max_bytes);
  }
  bool has_cut() const { return has_cut_; }

 private:
  std::string Redacted(std::string_view text) {
    if (text.size() > Redaction::kMaxBytes) has_cut_ = true;
    return redaction_.Apply(text);
  }
  std::string Cut(std::string_view text, size_t max_bytes) {
    constexpr size_t kLongestCharacter = 4;
    std::string clean = CleanText(text, max_bytes + kLongestCharacter);
    if (clean.size() <= max_bytes) return clean;
    has_cut_ = true;
    return CleanText(clean, max_bytes);
  }

  const Redaction& redaction_;
  bool has_cut_ = false;
};

Struct Cleaned(const Struct& from, Cleaner& cleaner);

Value Cleaned(const Value& from, Cleaner& cleaner) {
  Value to = from;
  if (from.has_string_value()) {
    to.set_string_value(cleaner.Clean(from.string_value(), kMaxTextBytes));
  } else if (from.has_struct_value()) {
    *to.mutable_struct_value() = Cleaned(from.struct_value(), cleaner);
  } else if (from.has_list_value()) {
    ListValue* list = to.mutable_list_value();
    for (Value& item : *list->mutable_values()) item = Cleaned(Value(item), cleaner);
  }
  return to;
}

// The upstream may also echo a secret as the name of a member.
Struct Cleaned(const Struct& from, Cleaner& cleaner) {
  Struct to;
  for (const auto& [name, value] : from.fields()) {
    (*to.mutable_fields())[cleaner.Clean(name, kMaxTextBytes)] = Cleaned(value, cleaner);
  }
  return to;
}

void AddAnswer(const HttpResponse& response, const std::optional<ErrorBody>& body,
               const Redaction& redaction, v1::UpstreamError& error) {
  Cleaner cleaner(redaction);
  error.set_http_status(response.status);
  error.set_upstream_request_id(cleaner.Clean(response.request_id, kMaxIdBytes));
  if (body) {
    if (body->code) error.set_code(*body->code);
    error.set_message(cleaner.Clean(body->message, kMaxTextBytes));
    if (body->metadata) *error.mutable_metadata() = Cleaned(*body->metadata, cleaner);
    if (body->user_id) error.set_user_id(cleaner.Clean(*body->user_id, kMaxIdBytes));
  }
  if (!body || !body->typed) {
    error.set_content_type(cleaner.Clean(response.content_type, kMaxIdBytes));
    // A 2xx answer may contain a key or a code, with any Content-Type.
    if (!IsSuccess(response.status))
      error.set_body(cleaner.CleanPage(response.body, kMaxTextBytes));
  }
  error.set_truncated(cleaner.has_cut() || (body && body->metadata_dropped) ||
                      response.body_state == BodyState::kTooLarge);
}

}  // namespace

v1::UpstreamError ToUpstreamError(const FailedCall& failed, const std::optional<ErrorBody>& body,
                                  const Redaction& redaction) {
  v1::UpstreamError error;
  error.set_attempts(static_cast<uint32_t>(failed.attempts));
  error.set_auth_code_state(failed.auth_code_state);
  if (failed.outcome == nullptr) return error;
  if (const auto* response = std::get_if<HttpResponse>(&failed.outcome->last)) {
    AddAnswer(*response, body, redaction, error);
  } else {
    error.set_http_status(std::get<TransportError>(failed.outcome->last).http_status);
  }
  for (const AttemptRecord& record : failed.outcome->attempts) {
    v1::Attempt& attempt = *error.add_attempt_log();
    attempt.set_http_status(record.http_status);
    if (record.failure) attempt.set_failure(std::string(ToString(*record.failure)));
    SetDuration(record.started, *attempt.mutable_started());
    SetDuration(record.elapsed, *attempt.mutable_elapsed());
  }
  return error;
}

}  // namespace modelgates::gateway
