#pragma once

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace modelgates::gateway {

// A file descriptor that is closed at the end, or -1. Closing it leaves errno alone.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    const int error = errno;
    if (fd_ >= 0) close(fd_);
    errno = error;
  }

  int get() const { return fd_; }
  // The caller has to close it from now on.
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

}  // namespace modelgates::gateway
