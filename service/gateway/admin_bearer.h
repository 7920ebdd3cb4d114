#pragma once

#include <mutex>
#include <string_view>

#include "base/event_loop.h"
#include "base/reloaded_file.h"
#include "base/secret.h"
#include "config/config.h"

namespace modelgates::gateway {

// The bearer that the admin port asks for, read from its file and again when that changes.
class AdminBearer {
 public:
  // Reads `config.admin_bearer_file`, which must be set; a file that cannot be read lets nobody in.
  // Before the loop runs. The others must outlive this.
  AdminBearer(const Config& config, EventLoop& loop, ReloadObserver& reloads);

  // Any thread. In a time that does not depend on the bearer.
  bool Matches(std::string_view bearer) const;

 private:
  bool Use(Secret bearer);

  mutable std::mutex mutex_;
  Secret bearer_;  // guarded by mutex_
  ReloadedFile<Secret> file_;
};

}  // namespace modelgates::gateway
