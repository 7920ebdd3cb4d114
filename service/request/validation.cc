#include "request/validation.h"

#include <absl/strings/ascii.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <string_view>

#include "base/ascii.h"
#include "http/http.h"
#include "request/callback_policy.h"
#include "request/retry_config.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

constexpr std::string_view kVerifierRule =
    "must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~ (RFC 7636, section 4.1)";
constexpr std::string_view kChallengeRule =
    "must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~ (RFC 7636, section 4.2)";
constexpr std::string_view kS256ChallengeRule =
    "must be 43 characters of A-Z a-z 0-9 - _ with S256 (RFC 7636, section 4.2)";

constexpr std::string_view kCodeCharactersRule =
    "must be visible US-ASCII or spaces (RFC 6749, appendix A.11), without line breaks or other "
    "control characters";
constexpr std::string_view kCodeEndsRule = "must not begin or end with a space";
constexpr std::string_view kCodeAloneRule =
    "must be the code alone, without the URL or the #state that it came with";
constexpr std::string_view kVisibleRule = "must be visible US-ASCII";

constexpr size_t kMaxCodeBytes = 2048;
constexpr size_t kMaxPkceBytes = 2048;  // if the policy leaves the check to the upstream
constexpr size_t kMaxHeaderBytes = 8192;
constexpr size_t kMaxLabelBytes = 1024;
constexpr size_t kMaxWorkspaceIdBytes = 256;

bool IsBlank(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); });
}

bool IsBase64Url(char c) { return IsAlphanumeric(c) || c == '-' || c == '_'; }
bool IsUnreserved(char c) { return IsBase64Url(c) || c == '.' || c == '~'; }

// Why a text cannot be a code. Sending it would not spend a code, but the upstream would report an
// expired or used one, which hides the mistake.
std::optional<std::string_view> CodeProblem(std::string_view code) {
  const auto is_vschar = [](char c) { return c == ' ' || IsVisible(c); };
  if (!std::all_of(code.begin(), code.end(), is_vschar)) return kCodeCharactersRule;
  if (code.front() == ' ' || code.back() == ' ') return kCodeEndsRule;
  // The API's codes contain neither, and a redirect would percent-encode both.
  const bool is_part_of_url =
      code.find('#') != std::string_view::npos || code.find("://") != std::string_view::npos;
  if (is_part_of_url) return kCodeAloneRule;
  return std::nullopt;
}

bool IsPkceText(std::string_view text) {
  return text.size() >= 43 && text.size() <= 128 &&
         std::all_of(text.begin(), text.end(), IsUnreserved);
}

bool IsS256Challenge(std::string_view text) {
  return text.size() == 43 && std::all_of(text.begin(), text.end(), IsBase64Url);
}

class Checker {
 public:
  void Add(std::string_view field, std::string_view rule,
           v1::ErrorReason reason = v1::FIELD_INVALID) {
    violations_.push_back({std::string(field), std::string(rule), reason});
  }

  bool Required(std::string_view field, std::string_view value) {
    if (!IsBlank(value)) return true;
    Add(field, "is required and must not be blank", v1::FIELD_REQUIRED);
    return false;
  }

  void Length(std::string_view field, std::string_view value, size_t max_bytes) {
    if (value.size() > max_bytes) Add(field, fmt::format("must have at most {} bytes", max_bytes));
  }

  void Code(std::string_view code) {
    if (!Required("code", code)) return;
    if (code.size() > kMaxCodeBytes) return Length("code", code, kMaxCodeBytes);
    if (const auto problem = CodeProblem(code)) Add("code", *problem);
  }

  // For a verifier or challenge that the policy leaves to the upstream.
  void Visible(std::string_view field, std::string_view value) {
    if (value.size() > kMaxPkceBytes) return Length(field, value, kMaxPkceBytes);
    if (!IsVisibleAscii(value)) Add(field, kVisibleRule);
  }

  // The three app headers are the same in both requests.
  template <class Request>
  void Headers(const Request& request) {
    if (request.has_http_referer()) Header("http_referer", request.http_referer());
    if (request.has_x_open_router_title()) {
      Header("x_open_router_title", request.x_open_router_title());
    }
    if (request.has_x_open_router_categories()) {
      Header("x_open_router_categories", request.x_open_router_categories());
    }
  }

  void Method(std::string_view field, v1::CodeChallengeMethod method, const Config& config) {
    if (!v1::CodeChallengeMethod_IsValid(method)) {
      Add(field, "must be S256 or PLAIN");
    } else if (config.pkce_policy == PkcePolicy::kS256 && method == v1::PLAIN) {
      Add(field, "must be S256: the gateway requires it");
    }
  }

  void Add(std::vector<Violation> violations) {
    std::move(violations.begin(), violations.end(), std::back_inserter(violations_));
  }

  std::vector<Violation> Take() { return std::move(violations_); }

 private:
  void Header(std::string_view field, const std::string& value) {
    if (value.size() > kMaxHeaderBytes) {
      Length(field, value, kMaxHeaderBytes);
    } else if (!IsFieldValue(value)) {
      Add(field,
          "must be US-ASCII without control characters, with no space or tab at either end "
          "(RFC 9110, section 5.5)");
    }
  }

  std::vector<Violation> violations_;
};

void CheckCallback(const v1::CreateAuthCodeRequest& request, const Config& config,
                   Checker& checker) {
  if (!checker.Required("callback_url", request.callback_url())) return;
  const auto violation = CheckCallbackUrl(request.callback_url(), config.callback_policy);
  if (violation) checker.Add({*violation});
}

void CheckChallenge(const v1::CreateAuthCodeRequest& request, const Config& config,
                    Checker& checker) {
  const std::string& challenge = request.code_challenge();
  const v1::CodeChallengeMethod method = request.code_challenge_method();
  const bool has_method = method != v1::CODE_CHALLENGE_METHOD_UNSPECIFIED;
  const bool required = config.pkce_policy == PkcePolicy::kS256;
  if (!request.has_code_challenge()) {
    if (required) {
      checker.Add("code_challenge", "is required: the gateway requires PKCE with S256",
                  v1::FIELD_REQUIRED);
    } else if (has_method && config.pkce_policy == PkcePolicy::kRfc7636) {
      checker.Add("code_challenge", "is required with code_challenge_method", v1::FIELD_REQUIRED);
    }
  } else if (config.pkce_policy != PkcePolicy::kOff) {
    if (required || method == v1::S256) {
      if (!IsS256Challenge(challenge)) checker.Add("code_challenge", kS256ChallengeRule);
    } else if (!IsPkceText(challenge)) {
      checker.Add("code_challenge", kChallengeRule);
    }
  } else {
    checker.Visible("code_challenge", challenge);
  }
  if (required && !has_method) {
    checker.Add("code_challenge_method", "is required: the gateway requires S256",
                v1::FIELD_REQUIRED);
  }
  checker.Method("code_challenge_method", method, config);
}

void CheckExpiresAt(const v1::CreateAuthCodeRequest& request, Checker& checker) {
  if (!request.has_expires_at()) return;
  // 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z, as google.protobuf.Timestamp says.
  constexpr int64_t kFirst = -62'135'596'800;
  constexpr int64_t kLast = 253'402'300'799;
  const auto& time = request.expires_at();
  if (time.seconds() < kFirst || time.seconds() > kLast) {
    checker.Add("expires_at", "must be in the years 1 to 9999 (RFC 3339)");
  }
  if (time.nanos() < 0 || time.nanos() > 999'999'999) {
    checker.Add("expires_at.nanos", "must be 0 to 999,999,999");
  }
}

}  // namespace

std::vector<Violation> Validate(const v1::CreateAuthCodeRequest& request, const Config& config) {
  Checker checker;
  CheckCallback(request, config, checker);
  checker.Headers(request);
  CheckChallenge(request, config, checker);
  CheckExpiresAt(request, checker);
  checker.Length("key_label", request.key_label(), kMaxLabelBytes);
  if (request.has_limit() && !std::isfinite(request.limit())) {
    checker.Add("limit", "must be a finite number");
  }
  if (!v1::UsageLimitType_IsValid(request.usage_limit_type())) {
    checker.Add("usage_limit_type", "must be DAILY, WEEKLY or MONTHLY");
  }
  if (request.has_retries()) checker.Add(CheckRetryConfig(request.retries()));
  checker.Length("workspace_id", request.workspace_id(), kMaxWorkspaceIdBytes);
  return checker.Take();
}

std::vector<Violation> Validate(const v1::ExchangeAuthCodeRequest& request, const Config& config) {
  Checker checker;
  checker.Code(request.code());
  checker.Headers(request);
  checker.Method("code_challenge_method", request.code_challenge_method(), config);
  if (!request.has_code_verifier()) {
    if (config.pkce_policy == PkcePolicy::kS256) {
      checker.Add("code_verifier", "is required: the gateway requires PKCE with S256",
                  v1::FIELD_REQUIRED);
    }
  } else if (config.pkce_policy == PkcePolicy::kOff) {
    checker.Visible("code_verifier", request.code_verifier());
  } else if (!IsPkceText(request.code_verifier())) {
    checker.Add("code_verifier", kVerifierRule);
  }
  if (request.has_retries()) checker.Add(CheckRetryConfig(request.retries()));
  return checker.Take();
}

}  // namespace modelgates::gateway
