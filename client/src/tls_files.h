#pragma once

#include <sys/stat.h>

#include <array>
#include <chrono>
#include <optional>

#include "modelgates/oauth/client.h"

namespace modelgates::oauth {

// Reads the files. Error: kUnavailable, with the name of the file that cannot be used: unreadable,
// no certificate, no key, or a key of another certificate.
Result<TlsOptions> ReadTlsFiles(const TlsFiles& files);

// Detects replaced certificates. Not thread-safe.
class TlsFileWatch {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit TlsFileWatch(TlsFiles files) : files_(std::move(files)) {}

  // The content of the files, if it is new and can be used. Checks at most once per second.
  std::optional<TlsOptions> Poll(TimePoint now);
  // Why the latest content cannot be used.
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
