#include "request/credentials.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>

#include <cstring>

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

Credentials::Credentials(const Config& config, EventLoop& loop, Log& log,
                         std::pmr::memory_resource& memory)
    : mode_(config.credential_mode),
      key_file_(config.api_key_file),
      loop_(loop),
      log_(log),
      key_(&memory) {
  SetKey(config.api_key);
}

Credentials::~Credentials() { SetKey(Secret()); }

void Credentials::SetKey(const Secret& key) {
  if (!key_.empty()) explicit_bzero(key_.data(), key_.size());
  key_.assign(key.Reveal().begin(), key.Reveal().end());
}

std::optional<Credential> Credentials::Select(std::span<const std::string_view> authorization) {
  const bool is_callers = mode_ == CredentialMode::kPassthrough ||
                          (mode_ == CredentialMode::kEither && !authorization.empty());
  if (is_callers) {
    if (authorization.size() != 1) return std::nullopt;
    const std::string_view bearer = TrimKey(authorization.front());
    if (!IsBearer(bearer)) return std::nullopt;
    return Credential{Secret(bearer), KeyOwner::kCaller};
  }
  if (!key_file_.empty() && loop_.Now() >= next_check_) Refresh();
  return Credential{Secret(key()), KeyOwner::kGateway};
}

bool Credentials::RefreshAfterRefusal(const Credential& refused) {
  if (refused.owner != KeyOwner::kGateway) return false;
  if (!key_file_.empty()) Refresh();
  return key() != refused.bearer.Reveal();
}

void Credentials::Refresh() {
  next_check_ = loop_.Now() + kCheckInterval;
  const std::optional<FileVersion> version = FileVersionOf(key_file_);
  if (version == version_) return;
  version_ = version;
  absl::StatusOr<Secret> key = ReadKeyFile(key_file_);
  if (!key.ok()) {
    // A key that worked is better than none: the file may be in the middle of being replaced.
    LogLine line = log_.Line(Severity::kError, "reload_failed",
                             "the key file cannot be used, the key before stays in use");
    const absl::string_view why = key.status().message();
    log_.Write(line.Add("setting", "api_key_file").Add("error", {why.data(), why.size()}));
    return;
  }
  if (key->Reveal() == this->key()) return;
  SetKey(*key);
  LogLine line = log_.Line(Severity::kInfo, "reloaded", "a new key is in use");
  log_.Write(line.Add("setting", "api_key_file"));
}

}  // namespace modelgates::gateway
