#pragma once

#include <sys/stat.h>

#include <array>
#include <chrono>
#include <optional>

#include "modelgates/oauth/client.h"

namespace modelgates::oauth {

// What the files hold. kUnavailable, with the name of the file that cannot be used: unreadable, no
// certificate, no key, or a key of another certificate.
Result<TlsOptions> ReadTlsFiles(const TlsFiles& files);

// Notices that certificates were replaced. Not thread-safe.
class TlsFileWatch {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit TlsFileWatch(TlsFiles files) : files_(std::move(files)) {}

  // The files' content, if it is new and can be used. Looks once a second at most.
  std::optional<TlsOptions> Poll(TimePoint now);
  // Why the newest content cannot be used.
  const std::optional<Error>& error() const { return error_; }

 private:
  // Modification time, inode and size of each file.
  using Versions = std::array<std::array<int64_t, 4>, 3>;

  Versions LookAtFiles() const;

  const TlsFiles files_;
  std::optional<TimePoint> next_look_;
  std::optional<Versions> read_;
  std::optional<Error> error_;
};

}  // namespace modelgates::oauth
