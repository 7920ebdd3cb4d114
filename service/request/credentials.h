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

// The credential of a call.
struct Credential {
  Secret bearer;  // empty: no Authorization header
  KeyOwner owner = KeyOwner::kGateway;
};

// Selects the credential that is sent upstream, and reloads the gateway's key. Loop thread only,
// except the constructor, which runs before the loop.
class Credentials {
 public:
  // The gateway's key is stored in `memory`, which must outlive this. `reloads` may be null.
  Credentials(const Config& config, EventLoop& loop, ReloadObserver* reloads,
              std::pmr::memory_resource& memory = *std::pmr::new_delete_resource());
  Credentials(const Credentials&) = delete;
  Credentials& operator=(const Credentials&) = delete;
  ~Credentials();

  // The credential for a call with these values of `authorization` metadata. nullopt: a bearer of
  // the caller is required, and the caller did not send a valid one. A caller that sent anything is
  // never served with the gateway's key instead, except in kService, which ignores the metadata.
  std::optional<Credential> Select(std::span<const std::string_view> authorization);

  // After the upstream refused a call with 401: true if the call used the gateway's key and another
  // one is in use now. If the key is still in use, reads the file first and waits for that until
  // `deadline`, until `stop`, and at most one second. `refused` and `stop` must outlive the task.
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
