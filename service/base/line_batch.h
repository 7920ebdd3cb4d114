#pragma once

#include <limits.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <string_view>

namespace modelgates::gateway {

// Whether a write of LineBatch::kMaxBytes to `fd` does not have to wait, now or within
// `timeout_ms`. An error counts as room: the write reports it. Async-signal-safe.
bool HasRoom(int fd, int timeout_ms);

// Lines of the log that wait for one write together. WriteLast can be called by a signal handler,
// so that they are not lost when the process dies.
class LineBatch {
 public:
  // So much a pipe that poll reports as writable takes at once, in one piece (pipe(7)).
  static constexpr size_t kMaxBytes = PIPE_BUF;

  // `fd`: for WriteLast.
  explicit LineBatch(int fd);
  LineBatch(const LineBatch&) = delete;
  LineBatch& operator=(const LineBatch&) = delete;
  ~LineBatch();

  // False: it does not fit, and nothing was added.
  bool Add(std::string_view line);
  std::string_view text() const { return {text_.data(), size_.load(std::memory_order_relaxed)}; }
  void Clear() { size_.store(0, std::memory_order_release); }

  // Writes the lines of the newest batch of the process to their descriptor, without waiting for
  // its reader. A line that another thread writes at this moment is perhaps there twice.
  // Async-signal-safe.
  static void WriteLast();

 private:
  static std::atomic<const LineBatch*> last_;

  const int fd_;
  std::array<char, kMaxBytes> text_;
  std::atomic<size_t> size_{0};
};

}  // namespace modelgates::gateway
