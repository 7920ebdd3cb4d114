#include "base/line_writer.h"

#include <limits.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

namespace modelgates::gateway {
namespace {

// A pipe that says it has room has room for this much (poll and pipe(7)), so writing no more does
// not wait, and the descriptor, which others share, need not be made non-blocking.
constexpr size_t kChunkBytes = PIPE_BUF;

bool HasRoom(int fd, int timeout_ms) {
  pollfd room{fd, POLLOUT, 0};
  // An error counts as room: writing finds out.
  return poll(&room, 1, timeout_ms) > 0;
}

}  // namespace

LineWriter::LineWriter(int fd, size_t max_buffer_bytes)
    : fd_(fd), max_buffer_bytes_(max_buffer_bytes) {}

LineWriter::~LineWriter() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void LineWriter::Write(std::string_view line) {
  constexpr std::string_view kEnd = "\n";
  const std::lock_guard lock(mutex_);
  const size_t written = keeps_something() ? 0 : WriteNow(line, kEnd);
  if (written == line.size() + kEnd.size()) return;
  // A line that has begun is kept in any case: the next one must not continue it.
  if (written == 0 && kept_.size() - written_ + line.size() + kEnd.size() > max_buffer_bytes_) {
    ++dropped_;
    return;
  }
  Keep(line.substr(written), kEnd);
}

bool LineWriter::Flush(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [this] { return !keeps_something(); });
}

// Asked after every line, and the answer is nearly always 0.
uint64_t LineWriter::TakeDropped() {
  return dropped_.load(std::memory_order_relaxed) == 0 ? 0 : dropped_.exchange(0);
}

size_t LineWriter::WriteNow(std::string_view text, std::string_view end) {
  const size_t total = text.size() + end.size();
  size_t written = 0;
  while (written < total && HasRoom(fd_, 0)) {
    std::string_view first = text.substr(std::min(written, text.size()), kChunkBytes);
    std::string_view second = end;
    if (first.size() + second.size() > kChunkBytes || written + first.size() < text.size()) {
      second = {};
    }
    const iovec parts[] = {{const_cast<char*>(first.data()), first.size()},
                           {const_cast<char*>(second.data()), second.size()}};
    const ssize_t count = writev(fd_, parts, std::size(parts));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (count < 0) {
      // Nobody will ever read it.
      ++dropped_;
      return total;
    }
    written += static_cast<size_t>(count);
  }
  return written;
}

void LineWriter::Keep(std::string_view text, std::string_view end) {
  kept_.append(text).append(end);
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
  changed_.notify_all();
}

void LineWriter::WriteKept() {
  written_ += WriteNow(std::string_view(kept_).substr(written_), {});
  if (keeps_something()) return;
  kept_.clear();
  written_ = 0;
  changed_.notify_all();
}

void LineWriter::Run() {
  constexpr int kPollMs = 100;  // how long the end of the program may have to wait
  std::unique_lock lock(mutex_);
  while (!stop_) {
    if (!keeps_something()) {
      changed_.wait(lock, [this] { return stop_ || keeps_something(); });
      continue;
    }
    lock.unlock();
    const bool room = HasRoom(fd_, kPollMs);
    lock.lock();
    if (room) WriteKept();
  }
}

}  // namespace modelgates::gateway
