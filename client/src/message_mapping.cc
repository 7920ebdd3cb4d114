#include "message_mapping.h"

#include "wipe.h"

namespace modelgates::oauth {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

void Set(google::protobuf::Duration& duration, nanoseconds value) {
  // Seconds and nanoseconds have the same sign, as Duration requires.
  const auto whole = std::chrono::duration_cast<seconds>(value);
  duration.set_seconds(whole.count());
  duration.set_nanos(static_cast<int32_t>((value - whole).count()));
}

void Set(google::protobuf::Timestamp& timestamp, Time time) {
  const auto whole = std::chrono::floor<seconds>(time);
  timestamp.set_seconds(whole.time_since_epoch().count());
  timestamp.set_nanos(static_cast<int32_t>(nanoseconds(time - whole).count()));
}

// Both requests have these three fields.
template <class Proto, class Request>
void SetAttribution(Proto& proto, const Request& request, const AppAttribution& defaults) {
  const auto& referer = request.http_referer ? request.http_referer : defaults.http_referer;
  if (referer) proto.set_http_referer(*referer);
  const auto& title =
      request.x_open_router_title ? request.x_open_router_title : defaults.x_open_router_title;
  if (title) proto.set_x_open_router_title(*title);
  const auto& categories = request.x_open_router_categories ? request.x_open_router_categories
                                                            : defaults.x_open_router_categories;
  if (categories) proto.set_x_open_router_categories(*categories);
}

v1::CodeChallengeMethod ToProto(CodeChallengeMethod method) {
  return static_cast<v1::CodeChallengeMethod>(method);
}

void Set(v1::BackoffStrategy& proto, const BackoffStrategy& backoff) {
  if (backoff.initial_interval) Set(*proto.mutable_initial_interval(), *backoff.initial_interval);
  if (backoff.max_interval) Set(*proto.mutable_max_interval(), *backoff.max_interval);
  proto.set_exponent(backoff.exponent);
  if (backoff.max_elapsed_time) Set(*proto.mutable_max_elapsed_time(), *backoff.max_elapsed_time);
  if (backoff.jitter) Set(*proto.mutable_jitter(), *backoff.jitter);
}

void Set(v1::RetryConfig& proto, const RetryConfig& retries) {
  proto.set_strategy(static_cast<v1::RetryConfig::Strategy>(retries.strategy));
  if (retries.backoff) Set(*proto.mutable_backoff(), *retries.backoff);
  if (retries.retry_connection_errors) {
    proto.set_retry_connection_errors(*retries.retry_connection_errors);
  }
  for (const std::string& status : retries.status_codes) proto.add_status_codes(status);
  if (retries.max_attempts) proto.set_max_attempts(*retries.max_attempts);
}

std::optional<Time> ToTime(const google::protobuf::Timestamp& timestamp) {
  // Checked, because outside of Timestamp's range the sum below could overflow.
  constexpr int64_t kFirst = -62'135'596'800;  // 0001-01-01T00:00:00Z
  constexpr int64_t kLast = 253'402'300'799;   // 9999-12-31T23:59:59Z
  if (timestamp.seconds() < kFirst || timestamp.seconds() > kLast) return std::nullopt;
  return Time(seconds(timestamp.seconds()) +
              std::chrono::floor<std::chrono::microseconds>(nanoseconds(timestamp.nanos())));
}

}  // namespace

v1::CreateAuthCodeRequest ToProto(const CreateAuthCodeRequest& request,
                                  const AppAttribution& defaults) {
  v1::CreateAuthCodeRequest proto;
  proto.set_callback_url(request.callback_url);
  SetAttribution(proto, request, defaults);
  if (request.code_challenge) proto.set_code_challenge(*request.code_challenge);
  if (request.code_challenge_method) {
    proto.set_code_challenge_method(ToProto(*request.code_challenge_method));
  }
  if (request.expires_at) Set(*proto.mutable_expires_at(), *request.expires_at);
  if (request.key_label) proto.set_key_label(*request.key_label);
  if (request.limit) proto.set_limit(*request.limit);
  if (request.usage_limit_type) {
    proto.set_usage_limit_type(static_cast<v1::UsageLimitType>(*request.usage_limit_type));
  }
  if (request.retries) Set(*proto.mutable_retries(), *request.retries);
  if (request.workspace_id) proto.set_workspace_id(*request.workspace_id);
  return proto;
}

v1::ExchangeAuthCodeRequest ToProto(const ExchangeAuthCodeRequest& request,
                                    const AppAttribution& defaults) {
  v1::ExchangeAuthCodeRequest proto;
  proto.set_code(std::string(request.code.Reveal()));
  SetAttribution(proto, request, defaults);
  if (request.code_challenge_method) {
    proto.set_code_challenge_method(ToProto(*request.code_challenge_method));
  }
  if (request.code_verifier) {
    proto.set_code_verifier(std::string(request.code_verifier->Reveal()));
  }
  if (request.retries) Set(*proto.mutable_retries(), *request.retries);
  return proto;
}

AuthCode FromProto(v1::CreateAuthCodeResponse& reply) {
  AuthCode auth_code;
  auth_code.id = SecretText(std::string_view(reply.data().id()));
  auth_code.app_id = reply.data().app_id();
  if (reply.data().has_created_at()) auth_code.created_at = ToTime(reply.data().created_at());
  WipeSecrets(reply);
  return auth_code;
}

ApiKey FromProto(v1::ExchangeAuthCodeResponse& reply) {
  ApiKey key;
  key.key = SecretText(std::string_view(reply.key()));
  if (reply.has_user_id()) key.user_id = reply.user_id();
  WipeSecrets(reply);
  return key;
}

void WipeSecrets(v1::CreateAuthCodeRequest&) {}

void WipeSecrets(v1::ExchangeAuthCodeRequest& request) {
  Wipe(*request.mutable_code());
  if (request.has_code_verifier()) Wipe(*request.mutable_code_verifier());
}

void WipeSecrets(v1::CreateAuthCodeResponse& reply) {
  if (reply.has_data()) Wipe(*reply.mutable_data()->mutable_id());
}

void WipeSecrets(v1::ExchangeAuthCodeResponse& reply) { Wipe(*reply.mutable_key()); }

std::ostream& operator<<(std::ostream& out, const AuthCode& auth_code) {
  return out << "AuthCode{id: " << auth_code.id << ", app_id: " << auth_code.app_id << '}';
}

std::ostream& operator<<(std::ostream& out, const ApiKey& key) {
  return out << "ApiKey{key: " << key.key << ", user_id: " << key.user_id.value_or("absent") << '}';
}

std::ostream& operator<<(std::ostream& out, const ExchangeAuthCodeRequest& request) {
  return out << "ExchangeAuthCodeRequest{code: " << request.code << '}';
}

}  // namespace modelgates::oauth
