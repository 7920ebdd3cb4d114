#pragma once

#include <string>
#include <string_view>

#include "modelgates/oauth/result.h"

namespace modelgates::oauth::cli {

// A file that holds one key, and that nobody else can read at any moment: made beside its place
// with mode 0600, and renamed into it when all of it is on disk. What was there before is replaced
// as a whole, or stays.
class KeyWriter {
 public:
  // Before a code is spent on the key, so that a place that cannot be written to costs nothing.
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
  KeyWriter(std::string path, std::string temporary, int fd)
      : path_(std::move(path)), temporary_(std::move(temporary)), fd_(fd) {}

  std::string path_;
  std::string temporary_;
  int fd_;
};

}  // namespace modelgates::oauth::cli
