#pragma once

#include <mutex>
#include <string_view>

#include "base/event_loop.h"
#include "base/reloaded_file.h"
#include "base/secret.h"
#include "config/config.h"

namespace modelgates::gateway {

// The bearer token that the admin port requires, read from a file and again when it changes.
class AdminBearer {
 public:
  // Reads `config.admin_bearer_file`, which must be set. If it cannot be read, no bearer matches.
  // Must be called before the loop runs. `loop` and `reloads` must outlive this.
  AdminBearer(const Config& config, EventLoop& loop, ReloadObserver& reloads);

  // Constant time. Any thread.
  bool Matches(std::string_view bearer) const;

 private:
  bool Use(Secret bearer);

  mutable std::mutex mutex_;
  Secret bearer_;  // guarded by mutex_
  ReloadedFile<Secret> file_;
};

}  // namespace modelgates::gateway
