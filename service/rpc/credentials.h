#pragma once

#include <optional>
#include <string_view>

#include "base/event_loop.h"
#include "base/file_version.h"
#include "base/log.h"
#include "base/secret.h"
#include "config/config.h"

namespace modelgates::gateway {

// Which bearer goes upstream, and the service's key while its file changes. Loop thread only.
class Credentials {
 public:
  Credentials(const Config& config, EventLoop& loop, Log& log);

  // The bearer for a call with this `authorization` metadata; empty sends no header. nullopt: the
  // mode is kPassthrough and the caller sent no bearer.
  std::optional<Secret> Select(std::string_view authorization);

  // Whether the service's key in the file is another than the one last given out; it is in use from
  // now on. For a call that was refused with 401.
  bool RefreshAfterRefusal();
  // The same for the key that the refused call was sent with: another call may have taken the new
  // one into use meanwhile.
  bool RefreshAfterRefusal(const Secret& refused);

 private:
  bool Refresh();

  const CredentialMode mode_;
  const std::string key_file_;
  EventLoop& loop_;
  Log& log_;
  Secret key_;
  std::optional<FileVersion> version_{};  // none yet: the file may have changed since it was loaded
  TimePoint next_check_{};
};

}  // namespace modelgates::gateway
