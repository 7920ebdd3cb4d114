#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "modelgates/oauth/result.h"

namespace modelgates::oauth::cli {

// Where one key is written to. A regular file is one that nobody else can read at any moment: made
// beside its place with mode 0600, and renamed into it when all of it is on disk. What was there
// before is replaced as a whole, or stays. A pipe, a character device, and a descriptor that the
// command was given (/dev/fd/N, /dev/stdout) are written to as they are. Symbolic links to files
// or to nowhere are refused.
class KeyWriter {
 public:
  // Before the user is asked and a code is spent, so that a place that cannot be written to costs
  // nothing.
  static Result<KeyWriter> Open(const std::string& path);
  KeyWriter(KeyWriter&& other) noexcept;
  KeyWriter& operator=(KeyWriter&&) = delete;
  // Takes away what was not committed.
  ~KeyWriter();

  // The key and a newline. On an error the key may be in the file that the message names, since it
  // cannot be had again.
  Result<bool> Commit(std::string_view key);

  const std::string& path() const { return path_; }

 private:
  // `temporary` is empty when `fd` is the place itself.
  KeyWriter(std::string path, std::string temporary, int fd)
      : path_(std::move(path)), temporary_(std::move(temporary)), fd_(fd) {}
  static Result<KeyWriter> Through(const std::string& path, int fd);

  std::string path_;
  std::string temporary_;
  int fd_;
};

// A writer for `path`; none where the key goes to stdout ("" and "-"), which is then known to take
// it.
Result<std::optional<KeyWriter>> OpenKeyPlace(const std::string& path);

}  // namespace modelgates::oauth::cli
