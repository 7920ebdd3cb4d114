#include "request/credentials.h"

#include <algorithm>
#include <cstring>

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
    : mode_(config.credential_mode), loop_(loop), key_(&memory) {
  Use(config.api_key);
  if (config.api_key_file.empty() || mode_ == CredentialMode::kPassthrough) return;
  file_.emplace(
      loop, ReloadedFile<Secret>::Options{.path = config.api_key_file, .setting = "api_key_file"},
      ReadKeyFile, [this](const Secret& key) { return Use(key); }, reloads);
  file_->Watch();
}

Credentials::~Credentials() { Use(Secret()); }

bool Credentials::Use(const Secret& key) {
  if (key.Reveal() == this->key()) return false;
  if (!key_.empty()) explicit_bzero(key_.data(), key_.size());
  key_.assign(key.Reveal().begin(), key.Reveal().end());
  return true;
}

std::optional<Credential> Credentials::Select(std::span<const std::string_view> authorization) {
  const bool is_callers = mode_ == CredentialMode::kPassthrough ||
                          (mode_ == CredentialMode::kEither && !authorization.empty());
  if (is_callers) {
    if (authorization.size() != 1) return std::nullopt;
    const std::string_view bearer = Trim(authorization.front());
    if (!IsBearer(bearer)) return std::nullopt;
    return Credential{Secret(bearer), KeyOwner::kCaller};
  }
  return Credential{Secret(key()), KeyOwner::kGateway};
}

Task<bool> Credentials::RefreshAfterRefusal(const Credential& refused, TimePoint deadline,
                                            const std::stop_token& stop) {
  if (refused.owner != KeyOwner::kGateway) co_return false;
  if (file_ && key() == refused.bearer.Reveal()) {
    Task<void> refresh = file_->Refresh(std::min(deadline, loop_.Now() + kRefreshTime), stop);
    co_await refresh;
  }
  co_return key() != refused.bearer.Reveal();
}

}  // namespace modelgates::gateway
