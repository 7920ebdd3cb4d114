#include "request/credentials.h"

#include <algorithm>

#include "base/ascii.h"
#include "config/key_file.h"
#include "http/http.h"

namespace modelgates::gateway {
namespace {

// The longest wait of a refused call for the key file, which may be on a disk that hangs.
constexpr std::chrono::seconds kRefreshTime{1};

// Whether it is a bearer token that can be sent unchanged; otherwise its header would be omitted.
bool IsBearer(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  return authorization.size() > kScheme.size() &&
         EqualsIgnoringCase(authorization.substr(0, kScheme.size()), kScheme) &&
         IsFieldValue(authorization);
}

}  // namespace

Credentials::Credentials(const Config& config, EventLoop& loop, ReloadObserver* reloads,
                         std::pmr::memory_resource& memory)
    : mode_(config.credential_mode),
      loop_(loop),
      key_(memory),
      caller_keys_(config.caller_keys_dir, loop, reloads, memory) {
  key_.Set(config.api_key.Reveal());
  if (config.api_key_file.empty() || mode_ == CredentialMode::kPassthrough) return;
  file_.emplace(
      loop, ReloadedFile<Secret>::Options{.path = config.api_key_file, .setting = "api_key_file"},
      ReadKeyFile, [this](const Secret& key) { return key_.Set(key.Reveal()); }, reloads);
  file_->Watch();
}

std::optional<Credential> Credentials::Select(std::span<const std::string_view> authorization,
                                              const std::string* key_file) const {
  if (key_file != nullptr) {
    const std::string_view key = caller_keys_.Find(*key_file);
    if (key.empty()) return std::nullopt;
    return Credential{Secret(key), KeyOwner::kRule, *key_file};
  }
  const bool is_callers = mode_ == CredentialMode::kPassthrough ||
                          (mode_ == CredentialMode::kEither && !authorization.empty());
  if (is_callers) {
    if (authorization.size() != 1) return std::nullopt;
    const std::string_view bearer = Trim(authorization.front());
    if (!IsBearer(bearer)) return std::nullopt;
    return Credential{Secret(bearer), KeyOwner::kCaller};
  }
  return Credential{Secret(key_.Reveal()), KeyOwner::kGateway};
}

std::string_view Credentials::KeyLike(const Credential& credential) const {
  if (credential.owner == KeyOwner::kGateway) return key_.Reveal();
  return caller_keys_.Find(std::string(credential.key_file));
}

Task<bool> Credentials::RefreshAfterRefusal(const Credential& refused, TimePoint deadline,
                                            const std::stop_token& stop) {
  if (refused.owner == KeyOwner::kCaller) co_return false;
  if (KeyLike(refused) == refused.bearer.Reveal()) {
    const TimePoint until = std::min(deadline, loop_.Now() + kRefreshTime);
    if (refused.owner == KeyOwner::kRule) {
      Task<void> refresh = caller_keys_.Refresh(until, stop);
      co_await refresh;
    } else if (file_) {
      Task<void> refresh = file_->Refresh(until, stop);
      co_await refresh;
    }
  }
  co_return KeyLike(refused) != refused.bearer.Reveal();
}

}  // namespace modelgates::gateway
