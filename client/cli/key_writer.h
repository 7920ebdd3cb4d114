#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "modelgates/oauth/result.h"

namespace modelgates::oauth::cli {

// The destination of one key. No other user can read a regular file at any moment: it is made in
// the same folder with mode 0600, and renamed when all of it is on disk. An existing file is
// replaced as a whole, or stays. A pipe, a character device, and a descriptor that the command was
// given (/dev/fd/N, /dev/stdout) are written directly. Symbolic links to files and dangling ones
// are refused.
class KeyWriter {
 public:
  // Called before the user consents and a code is spent, so that an unusable destination costs
  // nothing.
  static Result<KeyWriter> Open(const std::string& path);
  KeyWriter(KeyWriter&& other) noexcept;
  KeyWriter& operator=(KeyWriter&&) = delete;
  // Removes a file that was not committed.
  ~KeyWriter();

  // Writes the key and a newline. On an error the key may be in the file that the message names,
  // because it cannot be obtained again.
  Result<bool> Commit(std::string_view key);

  const std::string& path() const { return path_; }

 private:
  // `temporary` is empty if `fd` is the destination itself.
  KeyWriter(std::string path, std::string temporary, int fd)
      : path_(std::move(path)), temporary_(std::move(temporary)), fd_(fd) {}
  static Result<KeyWriter> Through(const std::string& path, int fd);

  std::string path_;
  std::string temporary_;
  int fd_;
};

// A writer for `path`; none if the key goes to stdout ("" or "-"), which is then checked to be
// writable.
Result<std::optional<KeyWriter>> OpenKeyPlace(const std::string& path);

}  // namespace modelgates::oauth::cli
