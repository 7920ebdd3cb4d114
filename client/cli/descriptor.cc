#include "descriptor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace modelgates::oauth::cli {
namespace {

// Larger than a key with its JSON.
constexpr off_t kRoom = 4'096;

bool HasRoom(int fd, int flags, off_t size) {
  const off_t position = (flags & O_APPEND) != 0 ? size : lseek(fd, 0, SEEK_CUR);
  if (fallocate(fd, FALLOC_FL_KEEP_SIZE, position, kRoom) == 0) return true;
  // Other errors come from file systems without this function.
  return errno != ENOSPC && errno != EDQUOT;
}

}  // namespace

bool TakesAKey(int fd) {
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return false;
  if ((flags & O_ACCMODE) == O_RDONLY) {
    errno = EBADF;
    return false;
  }
  struct stat status {};
  if (fstat(fd, &status) != 0) return false;
  if (S_ISREG(status.st_mode)) return HasRoom(fd, flags, status.st_size);
  // An empty write reports the error of a device, but not of a pipe.
  if (S_ISCHR(status.st_mode)) return write(fd, "", 0) == 0;
  pollfd pipe{fd, POLLOUT, 0};
  if (poll(&pipe, 1, 0) == 1 && (pipe.revents & (POLLERR | POLLHUP)) != 0) {
    errno = EPIPE;
    return false;
  }
  return true;
}

bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd full{fd, POLLOUT, 0};
      poll(&full, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

void HoldStandardDescriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    // open returns the lowest free number, which is `fd`.
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd) return;
  }
}

}  // namespace modelgates::oauth::cli
