#include "rpc/credentials.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>

#include "config/key_file.h"
#include "http/http.h"

namespace modelgates::gateway {
namespace {

// A stat a second is nothing, and nobody waits longer for a new key.
constexpr std::chrono::seconds kCheckInterval{1};

// A bearer that can be sent as it is; what could not would go out as no Authorization at all.
bool IsBearer(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  return authorization.size() > kScheme.size() &&
         absl::EqualsIgnoreCase({authorization.data(), kScheme.size()},
                                {kScheme.data(), kScheme.size()}) &&
         IsFieldValue(authorization);
}

}  // namespace

Credentials::Credentials(const Config& config, EventLoop& loop, Log& log)
    : mode_(config.credential_mode),
      key_file_(config.api_key_file),
      loop_(loop),
      log_(log),
      key_(config.api_key) {}

std::optional<Secret> Credentials::Select(std::string_view authorization) {
  authorization = TrimKey(authorization);
  if (mode_ != CredentialMode::kService && IsBearer(authorization)) return Secret(authorization);
  if (mode_ == CredentialMode::kPassthrough) return std::nullopt;
  if (!key_file_.empty() && loop_.Now() >= next_check_) Refresh();
  return key_;
}

bool Credentials::RefreshAfterRefusal() {
  return mode_ == CredentialMode::kService && !key_file_.empty() && Refresh();
}

bool Credentials::RefreshAfterRefusal(const Secret& refused) {
  RefreshAfterRefusal();
  return mode_ == CredentialMode::kService && !(key_ == refused);
}

bool Credentials::Refresh() {
  next_check_ = loop_.Now() + kCheckInterval;
  const std::optional<FileVersion> version = FileVersionOf(key_file_);
  if (version == version_) return false;
  version_ = version;
  absl::StatusOr<Secret> key = ReadKeyFile(key_file_);
  if (!key.ok()) {
    // A key that worked is better than none: the file may be in the middle of being replaced.
    LogLine line = log_.Line(Severity::kError, "reload_failed",
                             "the key file cannot be used, the key before stays in use");
    const absl::string_view why = key.status().message();
    log_.Write(line.Add("setting", "api_key_file").Add("error", {why.data(), why.size()}));
    return false;
  }
  if (*key == key_) return false;
  key_ = *std::move(key);
  LogLine line = log_.Line(Severity::kInfo, "reloaded", "a new key is in use");
  log_.Write(line.Add("setting", "api_key_file"));
  return true;
}

}  // namespace modelgates::gateway
