#pragma once

#include <memory_resource>
#include <optional>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "base/event_loop.h"
#include "base/reloaded_file.h"
#include "base/secret.h"
#include "base/task.h"
#include "config/config.h"
#include "failure/key_owner.h"

namespace modelgates::gateway {

// What a call is sent with.
struct Credential {
  Secret bearer;  // empty: no Authorization header
  KeyOwner owner = KeyOwner::kGateway;
};

// Which credential goes upstream, and the gateway's key while its file changes. Loop thread only,
// but for the constructor, when the loop does not run yet.
class Credentials {
 public:
  // The gateway's key lies in `memory`, which must outlive this. `reloads` may be null.
  Credentials(const Config& config, EventLoop& loop, ReloadObserver* reloads,
              std::pmr::memory_resource& memory = *std::pmr::new_delete_resource());
  Credentials(const Credentials&) = delete;
  Credentials& operator=(const Credentials&) = delete;
  ~Credentials();

  // The credential for a call with these values of `authorization` metadata. nullopt: it needs a
  // bearer of the caller's, and what the caller sent is not one. A caller that sent anything is
  // never served with the gateway's key instead, but in kService, where its metadata means nothing.
  std::optional<Credential> Select(std::span<const std::string_view> authorization);

  // For a call that the upstream refused with 401: whether the key it was sent with was the
  // gateway's and is no longer the one in use. If it still is, the file is read first, which is
  // waited for until `deadline`, until `stop`, and at most a second. `refused` and `stop` must
  // outlive the task.
  Task<bool> RefreshAfterRefusal(const Credential& refused, TimePoint deadline,
                                 const std::stop_token& stop);

 private:
  std::string_view key() const { return {key_.data(), key_.size()}; }
  bool Use(const Secret& key);

  const CredentialMode mode_;
  EventLoop& loop_;
  std::pmr::vector<char> key_;
  std::optional<ReloadedFile<Secret>> file_;  // none: the key never changes
};

}  // namespace modelgates::gateway
