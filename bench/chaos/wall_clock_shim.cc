// Preloaded into the gateway, this library shifts its wall clock by the seconds in the file that
// WALL_CLOCK_OFFSET_FILE names; the steady clock does not change. Unlike with libfaketime, a wait
// until a point of the wall clock (gRPC's, by abseil) ends at that point, as after a step of the
// real clock. Otherwise such waits would return at once, again and again.
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdint>
#include <cstdlib>

namespace {

int64_t Offset() {
  static const volatile int64_t* const offset = [] {
    static const int64_t none = 0;
    const char* const path = std::getenv("WALL_CLOCK_OFFSET_FILE");
    const int fd = path == nullptr ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return &none;
    void* const page = mmap(nullptr, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    return page == MAP_FAILED ? &none : static_cast<const int64_t*>(page);
  }();
  return *offset;
}

template <class Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  static auto* const next = Next<int(clockid_t, timespec*)>("clock_gettime");
  const int result = next(clock, now);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now->tv_sec += Offset();
  return result;
}

int gettimeofday(timeval* now, void* zone) noexcept {
  static auto* const next = Next<int(timeval*, void*)>("gettimeofday");
  const int result = next(now, zone);
  now->tv_sec += Offset();
  return result;
}

time_t time(time_t* now) noexcept {
  timespec precise{};
  clock_gettime(CLOCK_REALTIME, &precise);
  if (now != nullptr) *now = precise.tv_sec;
  return precise.tv_sec;
}

long syscall(long number, ...) noexcept {
  static auto* const next = Next<long(long, ...)>("syscall");
  va_list arguments;
  va_start(arguments, number);
  long values[6];
  for (long& value : values) value = va_arg(arguments, long);
  va_end(arguments);
  timespec until{};
  if (number == SYS_futex && (values[1] & FUTEX_CLOCK_REALTIME) != 0 && values[3] != 0) {
    until = *reinterpret_cast<const timespec*>(values[3]);
    until.tv_sec -= Offset();
    values[3] = reinterpret_cast<long>(&until);
  }
  return next(number, values[0], values[1], values[2], values[3], values[4], values[5]);
}

}  // extern "C"
