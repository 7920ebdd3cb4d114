#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "modelgates/oauth/secret_text.h"

namespace modelgates::oauth {

// The requests and replies of modelgates.oauth.v1.OAuthService. Each member is the field of the
// same name in oauth.proto, which documents its bounds. The gateway checks all fields and names
// every wrong one (Error::field_violations). Texts are UTF-8.

// A point in time, in the years 1 to 9999. The API keeps microseconds.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

// How a challenge was made from its verifier (RFC 7636, section 4.2).
enum class CodeChallengeMethod : uint8_t {
  kUnspecified = 0,  // in a create: the same as absent; in an exchange: JSON null
  kS256 = 1,         // recommended
  kPlain = 2,
};

// How often the credit limit of a key is reset; kUnspecified: never.
enum class UsageLimitType : uint8_t { kUnspecified = 0, kDaily = 1, kWeekly = 2, kMonthly = 3 };

// The waits between attempts. Out of bounds: ErrorReason::kRetryConfigInvalid.
struct BackoffStrategy {
  std::optional<std::chrono::nanoseconds> initial_interval{};  // 0 to 60 s
  std::optional<std::chrono::nanoseconds> max_interval{};      // 0 to 600 s
  double exponent = 0;                                         // 1 to 10; 0: gateway's default
  std::optional<std::chrono::nanoseconds> max_elapsed_time{};  // 0 to 3,600 s
  std::optional<std::chrono::nanoseconds> jitter{};            // 0 to 60 s
};

// When the gateway retries a call. An absent member keeps the gateway's default.
struct RetryConfig {
  enum class Strategy : uint8_t { kUnspecified = 0, kNone = 1, kBackoff = 2 };
  Strategy strategy = Strategy::kUnspecified;
  std::optional<BackoffStrategy> backoff{};
  std::optional<bool> retry_connection_errors{};
  // HTTP statuses to retry: "429" or "5XX"; at most 32. If not empty it replaces the default set.
  std::vector<std::string> status_codes{};
  std::optional<uint32_t> max_attempts{};  // 1 to 10, including the first
};

struct CreateAuthCodeRequest {
  std::string callback_url{};  // required
  // The app. Absent: the value of ClientOptions, then the gateway's default. Empty: none.
  std::optional<std::string> http_referer{};
  std::optional<std::string> x_open_router_title{};
  std::optional<std::string> x_open_router_categories{};
  std::optional<std::string> code_challenge{};
  std::optional<CodeChallengeMethod> code_challenge_method{};
  std::optional<Time> expires_at{};        // expiry of the key; absent: never
  std::optional<std::string> key_label{};  // at most 1,024 bytes
  std::optional<double> limit{};           // US dollars; finite
  std::optional<UsageLimitType> usage_limit_type{};
  std::optional<RetryConfig> retries{};
  std::optional<std::string> workspace_id{};  // at most 256 bytes
};

// The reply of CreateAuthCode.
struct AuthCode {
  SecretText id{};  // the code itself
  int64_t app_id = 0;
  std::optional<Time> created_at{};
  std::string request_id{};  // of the call, in the gateway's log
};

struct ExchangeAuthCodeRequest {
  SecretText code{};                          // required; from the redirect
  std::optional<std::string> http_referer{};  // as in CreateAuthCodeRequest
  std::optional<std::string> x_open_router_title{};
  std::optional<std::string> x_open_router_categories{};
  std::optional<CodeChallengeMethod> code_challenge_method{};
  // 43 to 128 characters (RFC 7636, section 4.1). Absent: the gateway does not keep the result for
  // a repeat of the call.
  std::optional<SecretText> code_verifier{};
  std::optional<RetryConfig> retries{};
};

// The reply of ExchangeAuthCode.
struct ApiKey {
  SecretText key{};
  std::optional<std::string> user_id{};
  std::string request_id{};  // of the call, in the gateway's log
  // Whether it is the remembered result of an earlier, identical call.
  bool replayed = false;
};

// Print without secrets.
std::ostream& operator<<(std::ostream& out, const AuthCode& auth_code);
std::ostream& operator<<(std::ostream& out, const ApiKey& key);
std::ostream& operator<<(std::ostream& out, const ExchangeAuthCodeRequest& request);

}  // namespace modelgates::oauth
