#include "gateway/process_setup.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "base/secret.h"
#include "config/environment.h"

namespace modelgates::gateway {
namespace {

// Vector registers keep the last copied and compared bytes: the same functions load zeros.
void OverwriteRegisters() {
  char zeros[1024] = {};
  for (size_t size = 1; size < sizeof(zeros) / 2; ++size) {
    asm volatile("" : "+r"(size) : : "memory");  // hides the value, so that the calls are made
    std::memmove(zeros + sizeof(zeros) / 2, zeros, size);
    if (std::memcmp(zeros + sizeof(zeros) / 2, zeros, size) != 0) std::abort();
    if (std::memchr(zeros, 1, size) != nullptr) std::abort();
  }
}

}  // namespace

void OpenStandardDescriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // open returns the lowest free number, which is the closed one.
    if (fcntl(fd, F_GETFD) < 0) open("/dev/null", O_RDWR);
  }
}

void AllowManyConnections() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void NeverDumpMemory() {
  prctl(PR_SET_DUMPABLE, 0);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
}

void WipeTracesOfTheKey() {
  char* const key = std::getenv(kKeyVariable);
  if (key != nullptr) explicit_bzero(key, std::strlen(key));
  OverwriteRegisters();
  WipeStack();
}

}  // namespace modelgates::gateway
