#pragma once

#include <atomic>
#include <boost/circular_buffer.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

#include "base/line_batch.h"

namespace modelgates::gateway {

// Writes lines to a descriptor and never waits for its reader.
//
// While the reader keeps up, the calling thread writes each line at once: nothing is lost when the
// process crashes. When the reader is slower, lines are kept in memory, in order, and the writer's
// own thread writes them as fast as the reader reads. At most `max_buffer_bytes` are kept. A line
// that does not fit is dropped as a whole and counted; a line that was begun is finished.
// A caller waits for a line of another caller, but never for the writer's own thread.
// One thread may batch its lines: they wait for WriteBatch, for a batch that is full, or for a line
// of another thread, whichever comes first. Any thread.
class LineWriter {
 public:
  static constexpr size_t kDefaultBufferBytes = 4 * 1024 * 1024;

  // `fd` must stay open until the writer is gone.
  explicit LineWriter(int fd, size_t max_buffer_bytes = kDefaultBufferBytes);
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;
  // Drops kept lines; call Flush before.
  ~LineWriter();

  // `line` ends with a line end and contains no other.
  void Write(std::string_view line);

  // Batches lines of the calling thread from now on, unless another thread's are. The bound is not
  // below LineBatch::kMaxBytes.
  void BatchLinesOfThisThread();
  // Writes the batched lines. Of a thread that has called that.
  void WriteBatch();

  // Writes batched lines, and waits at most `patience` until no lines are kept. False: some still
  // are.
  bool Flush(std::chrono::milliseconds patience);

  // Lines dropped since the last call.
  uint64_t TakeDropped();

  // Bytes kept in memory now.
  size_t kept_bytes() const;

 private:
  struct Written {
    size_t bytes = 0;
    bool reader_gone = false;
  };

  // Writes as much as the descriptor accepts without waiting.
  Written WriteSome(std::string_view text) const;
  // Each with the lock held.
  bool AddToBatch(std::string_view line);
  void WriteOrKeep(std::string_view lines);
  void WriteBatched();
  void Keep(std::string_view text);
  void DropKept();

  void Run();
  void WriteKept(std::unique_lock<std::mutex>& lock);

  const int fd_;
  const size_t max_buffer_bytes_;
  mutable std::mutex mutex_;
  std::optional<LineBatch> batch_;
  std::thread::id batching_;
  std::condition_variable changed_;
  boost::circular_buffer<char> kept_;  // allocates with the first kept line
  std::atomic<uint64_t> dropped_{0};
  bool stop_ = false;
  std::thread thread_;  // started with the first kept line
};

}  // namespace modelgates::gateway
