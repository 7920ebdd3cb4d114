#pragma once

#include <memory_resource>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/event_loop.h"
#include "base/reloaded_file.h"
#include "base/secret.h"
#include "base/task.h"
#include "config/config.h"
#include "failure/key_owner.h"
#include "request/caller_keys.h"
#include "request/locked_key.h"

namespace modelgates::gateway {

// The credential of a call.
struct Credential {
  Secret bearer;  // empty: no Authorization header
  KeyOwner owner = KeyOwner::kGateway;
  std::string_view key_file{};  // for kRule: the name of the key file

  // The credential's part of the identity of an exchange: the caller's bearer, which proves
  // something, or the name of a key of the gateway, so that a rotated key does not change the
  // identity. Unambiguous, because every bearer contains a space and no name does.
  std::string_view identity() const {
    return owner == KeyOwner::kCaller ? bearer.Reveal() : key_file;
  }
};

// Selects the credential that is sent upstream, and reloads the gateway's key. Loop thread only,
// except the constructor, which runs before the loop.
class Credentials {
 public:
  // The gateway's keys are stored in `memory`, which must outlive this. `reloads` may be null.
  Credentials(const Config& config, EventLoop& loop, ReloadObserver* reloads,
              std::pmr::memory_resource& memory = *std::pmr::new_delete_resource());
  Credentials(const Credentials&) = delete;
  Credentials& operator=(const Credentials&) = delete;

  // The credential for a call with these values of `authorization` metadata. `key_file`: of the
  // caller's rule, must outlive the credential; null: the rule has none. nullopt: the key file has
  // no key, or a bearer of the caller is required and the caller did not send a valid one. A call
  // with a key file is never sent with another key. A caller that sent anything is never served
  // with the gateway's key instead, except in kService, which ignores the metadata.
  std::optional<Credential> Select(std::span<const std::string_view> authorization,
                                   const std::string* key_file = nullptr) const;

  // After the upstream refused a call with 401: true if the call used a key of the gateway and
  // another one is in use now. If the key is still in use, reads the file first and waits for that
  // until `deadline`, until `stop`, and at most one second. `refused` and `stop` must outlive the
  // task.
  Task<bool> RefreshAfterRefusal(const Credential& refused, TimePoint deadline,
                                 const std::stop_token& stop);

  CallerKeys& caller_keys() { return caller_keys_; }

 private:
  // The key in use that replaces the one of `credential`.
  std::string_view KeyLike(const Credential& credential) const;

  const CredentialMode mode_;
  EventLoop& loop_;
  LockedKey key_;
  std::optional<ReloadedFile<Secret>> file_;  // none: the key never changes
  CallerKeys caller_keys_;
};

}  // namespace modelgates::gateway
