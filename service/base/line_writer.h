#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace modelgates::gateway {

// Writes lines to a descriptor and never waits for whoever reads them.
//
// While the reader keeps up, each line is written at once, by the thread that has it: nothing is
// lost when the process dies. When the reader stalls, lines are kept in memory, in order, and a
// thread writes them as the reader gets on. What does not fit any more is dropped and counted. Any
// thread.
class LineWriter {
 public:
  static constexpr size_t kDefaultBufferBytes = 4 * 1024 * 1024;

  // `fd` must stay open until the writer is gone.
  explicit LineWriter(int fd, size_t max_buffer_bytes = kDefaultBufferBytes);
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;
  // Drops what is still kept; see Flush.
  ~LineWriter();

  // `line` without its line end.
  void Write(std::string_view line);

  // Waits until nothing is kept, but not longer than `patience`. False: something still is.
  bool Flush(std::chrono::milliseconds patience);

  // Lines dropped since the last call.
  uint64_t TakeDropped();

 private:
  // All with the lock held.
  size_t WriteNow(std::string_view text, std::string_view end);
  void Keep(std::string_view text, std::string_view end);
  void WriteKept();
  bool keeps_something() const { return written_ < kept_.size(); }

  void Run();

  const int fd_;
  const size_t max_buffer_bytes_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string kept_;
  size_t written_ = 0;  // of kept_
  std::atomic<uint64_t> dropped_{0};
  bool stop_ = false;
  std::thread thread_;  // from the first line that had to be kept
};

}  // namespace modelgates::gateway
