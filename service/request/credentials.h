#pragma once

#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/event_loop.h"
#include "base/file_version.h"
#include "base/log.h"
#include "base/secret.h"
#include "config/config.h"
#include "failure/key_owner.h"

namespace modelgates::gateway {

// What a call is sent with.
struct Credential {
  Secret bearer;  // empty: no Authorization header
  KeyOwner owner = KeyOwner::kGateway;
};

// Which credential goes upstream, and the gateway's key while its file changes. Loop thread only.
class Credentials {
 public:
  // The service's key lies in `memory`, which must outlive this.
  Credentials(const Config& config, EventLoop& loop, Log& log,
              std::pmr::memory_resource& memory = *std::pmr::new_delete_resource());
  Credentials(const Credentials&) = delete;
  Credentials& operator=(const Credentials&) = delete;
  ~Credentials();

  // The credential for a call with these values of `authorization` metadata. nullopt: it needs a
  // bearer of the caller's, and what the caller sent is not one. A caller that sent anything is
  // never served with the gateway's key instead, but in kService, where its metadata means nothing.
  std::optional<Credential> Select(std::span<const std::string_view> authorization);

  // For a call that the upstream refused with 401: whether the key it was sent with was the
  // gateway's and is no longer the one in use. Looks at the file first.
  bool RefreshAfterRefusal(const Credential& refused);

 private:
  // Takes the key in the file into use, if it is another one.
  void Refresh();
  std::string_view key() const { return {key_.data(), key_.size()}; }
  void SetKey(const Secret& key);

  const CredentialMode mode_;
  const std::string key_file_;
  EventLoop& loop_;
  Log& log_;
  std::pmr::vector<char> key_;
  std::optional<FileVersion> version_{};  // none yet: the file may have changed since it was loaded
  TimePoint next_check_{};
};

}  // namespace modelgates::gateway
