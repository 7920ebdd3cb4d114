#include "base/small_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/secret.h"

namespace modelgates::gateway {
namespace {

absl::Status Unreadable(int error) {
  return absl::UnavailableError("must be a file that can be read: " +
                                std::generic_category().message(error));
}

}  // namespace

absl::StatusOr<std::string> ReadSmallFile(const std::string& path, size_t max_bytes) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Unreadable(errno);
  std::string content(max_bytes + 1, '\0');
  size_t size = 0;
  int error = 0;
  while (size < content.size()) {
    const ssize_t count = read(file, content.data() + size, content.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) error = errno;
    if (count <= 0) break;
    size += static_cast<size_t>(count);
  }
  close(file);
  if (size > max_bytes) error = EFBIG;
  if (error != 0) {
    Wipe(content);
    return Unreadable(error);
  }
  content.resize(size);
  return content;
}

}  // namespace modelgates::gateway
