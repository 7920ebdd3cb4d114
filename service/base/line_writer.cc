#include "base/line_writer.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace modelgates::gateway {
namespace {

// A write of it does not block when there is room, so the descriptor, which other processes share,
// need not be made non-blocking.
constexpr size_t kChunkBytes = LineBatch::kMaxBytes;

template <typename Text>
uint64_t CountLines(const Text& text) {
  return static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
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
  const std::lock_guard lock(mutex_);
  if (AddToBatch(line)) return;
  if (batch_) WriteBatched();
  if (AddToBatch(line)) return;
  if (line.size() > max_buffer_bytes_ - kept_.size()) {
    ++dropped_;
    return;
  }
  WriteOrKeep(line);
}

bool LineWriter::AddToBatch(std::string_view line) {
  return batching_ == std::this_thread::get_id() && kept_.empty() && batch_->Add(line);
}

void LineWriter::WriteOrKeep(std::string_view lines) {
  if (!kept_.empty()) return Keep(lines);
  const Written written = WriteSome(lines);
  if (written.reader_gone) {
    dropped_ += CountLines(lines.substr(written.bytes));
  } else if (written.bytes < lines.size()) {
    Keep(lines.substr(written.bytes));
  }
}

void LineWriter::BatchLinesOfThisThread() {
  const std::lock_guard lock(mutex_);
  if (batch_) return;
  batch_.emplace(fd_);
  batching_ = std::this_thread::get_id();
}

void LineWriter::WriteBatch() {
  // Only the batching thread adds lines.
  if (batch_->text().empty()) return;
  const std::lock_guard lock(mutex_);
  WriteBatched();
}

void LineWriter::WriteBatched() {
  if (batch_->text().empty()) return;
  WriteOrKeep(batch_->text());
  batch_->Clear();
}

bool LineWriter::Flush(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  if (batch_) WriteBatched();
  return changed_.wait_for(lock, patience, [this] { return kept_.empty(); });
}

// Called after every line, and the result is nearly always 0.
uint64_t LineWriter::TakeDropped() {
  return dropped_.load(std::memory_order_relaxed) == 0 ? 0 : dropped_.exchange(0);
}

size_t LineWriter::kept_bytes() const {
  const std::lock_guard lock(mutex_);
  return kept_.size();
}

LineWriter::Written LineWriter::WriteSome(std::string_view text) const {
  Written written;
  while (written.bytes < text.size() && HasRoom(fd_, 0)) {
    const std::string_view chunk = text.substr(written.bytes, kChunkBytes);
    const ssize_t count = write(fd_, chunk.data(), chunk.size());
    if (count >= 0) {
      written.bytes += static_cast<size_t>(count);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno != EINTR) {
      written.reader_gone = true;
      break;
    }
  }
  return written;
}

void LineWriter::Keep(std::string_view text) {
  if (kept_.capacity() == 0) kept_.set_capacity(max_buffer_bytes_);
  kept_.insert(kept_.end(), text.begin(), text.end());
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
  changed_.notify_all();
}

void LineWriter::DropKept() {
  dropped_ += CountLines(kept_);
  kept_.clear();
}

void LineWriter::Run() {
  constexpr int kPollMs = 100;  // the longest delay of the program's end
  std::unique_lock lock(mutex_);
  while (!stop_) {
    if (kept_.empty()) {
      changed_.wait(lock, [this] { return stop_ || !kept_.empty(); });
      continue;
    }
    lock.unlock();
    const bool room = HasRoom(fd_, kPollMs);
    lock.lock();
    if (room) WriteKept(lock);
  }
}

// Only this thread removes kept bytes, and no other thread writes while some are kept.
void LineWriter::WriteKept(std::unique_lock<std::mutex>& lock) {
  std::array<char, kChunkBytes> chunk;
  const size_t size = std::min(chunk.size(), kept_.size());
  std::copy_n(kept_.begin(), size, chunk.begin());
  lock.unlock();
  const Written written = WriteSome({chunk.data(), size});
  lock.lock();
  if (written.reader_gone) {
    DropKept();
  } else {
    kept_.erase_begin(written.bytes);
  }
  if (kept_.empty()) changed_.notify_all();
}

}  // namespace modelgates::gateway
