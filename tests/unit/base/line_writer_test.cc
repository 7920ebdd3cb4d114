#include "base/line_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr size_t kLineBytes = 101;

// `size` characters and a line end.
std::string Line(size_t number, size_t size = kLineBytes - 1) {
  std::string line = std::to_string(number) + " ";
  line.resize(size, 'x');
  return line + "\n";
}

// A small pipe, which its reader reads when told to.
class LineWriterTest : public testing::Test {
 protected:
  static constexpr size_t kPageBytes = 4096;
  static constexpr size_t kPipeBytes = 4 * kPageBytes;

  void SetUp() override {
    ASSERT_EQ(pipe(fds_), 0);
    ASSERT_EQ(fcntl(fds_[1], F_SETPIPE_SZ, static_cast<int>(kPipeBytes)),
              static_cast<int>(kPipeBytes));
  }
  void TearDown() override {
    CloseReader();
    close(fds_[1]);
  }

  void CloseReader() {
    if (fds_[0] >= 0) close(fds_[0]);
    fds_[0] = -1;
  }

  // Reads `size` bytes, however long that takes.
  std::string Read(size_t size) {
    std::string text(size, '\0');
    for (size_t done = 0; done < size;) {
      const ssize_t count = read(fds_[0], text.data() + done, size - done);
      if (count <= 0) return text.substr(0, done);
      done += static_cast<size_t>(count);
    }
    return text;
  }

  // What is in the pipe without waiting.
  std::string ReadWhatIsThere() {
    fcntl(fds_[0], F_SETFL, O_NONBLOCK);
    std::string text(2 * kPipeBytes, '\0');
    const ssize_t count = read(fds_[0], text.data(), text.size());
    fcntl(fds_[0], F_SETFL, 0);
    return text.substr(0, count > 0 ? static_cast<size_t>(count) : 0);
  }

  int out() const { return fds_[1]; }

  // Reads lines of kLineBytes up to the one that `last` begins, and counts them. Each must be whole
  // and have a higher number than the one before it.
  size_t CountLinesUpTo(const std::string& last) {
    size_t count = 0;
    long previous = -1;
    while (true) {
      unread_ += Read(kLineBytes - std::min(kLineBytes, unread_.size()));
      if (unread_.size() < kLineBytes) {
        ADD_FAILURE() << "the log ends with " << unread_;
        return count;
      }
      const std::string line = unread_.substr(0, kLineBytes);
      unread_.erase(0, kLineBytes);
      if (line == last) return count;
      const long number = std::stol(line);
      EXPECT_EQ(line, Line(static_cast<size_t>(number)));
      EXPECT_GT(number, previous);
      previous = number;
      ++count;
    }
  }

  // What a slow reader has read and nobody looked at yet.
  std::string unread_;

 private:
  int fds_[2] = {-1, -1};
};

TEST_F(LineWriterTest, WritesAtOnceWhileThereIsRoom) {
  LineWriter writer(out());
  writer.Write("one\n");
  writer.Write("\n");
  writer.Write("two\n");
  EXPECT_EQ(ReadWhatIsThere(), "one\n\ntwo\n");
  EXPECT_TRUE(writer.Flush(milliseconds(0)));
  EXPECT_EQ(writer.TakeDropped(), 0u);
}

TEST_F(LineWriterTest, WritesABatchWhenToldOrWhenItIsFull) {
  LineWriter writer(out());
  writer.BatchLinesOfThisThread();
  writer.Write("one\n");
  writer.Write("two\n");
  EXPECT_EQ(ReadWhatIsThere(), "");
  writer.WriteBatch();
  EXPECT_EQ(ReadWhatIsThere(), "one\ntwo\n");
  writer.WriteBatch();
  EXPECT_EQ(ReadWhatIsThere(), "");

  const size_t fit = LineBatch::kMaxBytes / kLineBytes;
  std::string expected;
  for (size_t i = 0; i < fit; ++i) {
    writer.Write(Line(i));
    expected += Line(i);
  }
  EXPECT_EQ(ReadWhatIsThere(), "");
  writer.Write(Line(fit));
  EXPECT_EQ(ReadWhatIsThere(), expected);
  EXPECT_TRUE(writer.Flush(milliseconds(0)));
  EXPECT_EQ(ReadWhatIsThere(), Line(fit));
  EXPECT_EQ(writer.TakeDropped(), 0u);
}

TEST_F(LineWriterTest, WritesABatchBeforeALongLine) {
  LineWriter writer(out());
  writer.BatchLinesOfThisThread();
  const std::string line = Line(1, LineBatch::kMaxBytes);
  writer.Write("one\n");
  writer.Write(line);
  writer.Write("two\n");
  EXPECT_EQ(ReadWhatIsThere(), "one\n" + line);
  writer.WriteBatch();
  EXPECT_EQ(ReadWhatIsThere(), "two\n");
}

TEST_F(LineWriterTest, KeepsTheOrderOfABatchAndOtherThreads) {
  LineWriter writer(out());
  writer.BatchLinesOfThisThread();
  writer.Write("one\n");
  std::thread([&writer] {
    writer.BatchLinesOfThisThread();  // one thread only
    writer.Write("two\n");
  }).join();
  EXPECT_EQ(ReadWhatIsThere(), "one\ntwo\n");
  writer.Write("three\n");
  EXPECT_EQ(ReadWhatIsThere(), "");
  writer.WriteBatch();
  EXPECT_EQ(ReadWhatIsThere(), "three\n");
}

TEST_F(LineWriterTest, KeepsAndCountsBatchedLinesOfASlowReader) {
  LineWriter writer(out(), LineBatch::kMaxBytes);
  writer.BatchLinesOfThisThread();
  constexpr size_t kLines = 400;
  for (size_t i = 0; i < kLines; ++i) writer.Write(Line(i));
  writer.WriteBatch();
  const uint64_t dropped = writer.TakeDropped();
  EXPECT_GT(dropped, 0u);
  for (size_t i = 0; i < kLines - dropped; ++i) EXPECT_EQ(Read(kLineBytes), Line(i));
  EXPECT_TRUE(writer.Flush(seconds(20)));
  EXPECT_EQ(ReadWhatIsThere(), "");
  writer.Write("one\n");
  CloseReader();
  signal(SIGPIPE, SIG_IGN);
  writer.WriteBatch();
  EXPECT_EQ(writer.TakeDropped(), 1u);
}

TEST_F(LineWriterTest, KeepsLinesInOrderForAReaderThatStalls) {
  LineWriter writer(out());
  constexpr size_t kLines = 1000;
  std::string expected;
  for (size_t i = 0; i < kLines; ++i) {
    writer.Write(Line(i));
    expected += Line(i);
  }
  EXPECT_FALSE(writer.Flush(milliseconds(10)));
  EXPECT_EQ(Read(expected.size()), expected);
  EXPECT_TRUE(writer.Flush(seconds(20)));
  EXPECT_EQ(writer.TakeDropped(), 0u);

  writer.Write("at once again\n");
  EXPECT_EQ(ReadWhatIsThere(), "at once again\n");
}

TEST_F(LineWriterTest, WritesLinesThatAreLongerThanThePipe) {
  LineWriter writer(out());
  for (const size_t size : {kPipeBytes - 1, kPipeBytes, kPipeBytes + 1, 10 * kPipeBytes}) {
    const std::string line = Line(size, size);
    writer.Write(line);
    EXPECT_EQ(Read(size + 1), line);
    EXPECT_TRUE(writer.Flush(seconds(20)));
  }
}

TEST_F(LineWriterTest, DropsAndCountsWhatDoesNotFit) {
  constexpr size_t kBufferBytes = 10'000;
  LineWriter writer(out(), kBufferBytes);
  constexpr size_t kLines = 1000;
  for (size_t i = 0; i < kLines; ++i) writer.Write(Line(i));
  const uint64_t dropped = writer.TakeDropped();
  const size_t written = kLines - dropped;
  // A pipe says that it is full when its last page has been begun.
  EXPECT_GE(written, (kPipeBytes - kPageBytes + kBufferBytes) / kLineBytes - 1);
  EXPECT_LE(written, (kPipeBytes + kBufferBytes) / kLineBytes + 1);
  EXPECT_EQ(writer.TakeDropped(), 0u);

  // The first ones are there, each whole.
  std::string expected;
  for (size_t i = 0; i < written; ++i) expected += Line(i);
  EXPECT_EQ(Read(expected.size()), expected);
  EXPECT_TRUE(writer.Flush(seconds(20)));
  EXPECT_EQ(ReadWhatIsThere(), "");
}

// Given a reader that takes half of what is logged and never stalls, when lines are written for as
// long as it takes to fill the buffer many times over, then no more than the bound is ever kept,
// and every line is either read or counted.
TEST_F(LineWriterTest, NeverKeepsMoreThanItsBoundForASlowReader) {
  constexpr size_t kBufferBytes = 20'000;
  constexpr size_t kLines = 20'000;
  constexpr size_t kLinesPerPage = 2 * kPageBytes / kLineBytes;
  LineWriter writer(out(), kBufferBytes);
  size_t most_kept = 0;
  for (size_t i = 0; i < kLines; ++i) {
    writer.Write(Line(i));
    most_kept = std::max(most_kept, writer.kept_bytes());
    if (i % kLinesPerPage == kLinesPerPage - 1) unread_ += Read(kPageBytes);
  }
  EXPECT_LE(most_kept, kBufferBytes);
  EXPECT_GT(most_kept, kBufferBytes - kLineBytes) << "the reader was not too slow";
  const uint64_t dropped = writer.TakeDropped();
  EXPECT_GT(dropped, kLines / 3);

  std::thread last([&] {
    EXPECT_TRUE(writer.Flush(seconds(60)));
    writer.Write(Line(kLines));
  });
  EXPECT_EQ(CountLinesUpTo(Line(kLines)) + dropped, kLines);
  last.join();
  EXPECT_EQ(writer.TakeDropped(), 0u);
}

// Given bursts that are larger than pipe and buffer together, when the reader catches up after
// each, then each burst loses its own end only.
TEST_F(LineWriterTest, TakesEachBurstUpToItsBound) {
  constexpr size_t kBufferBytes = 20'000;
  constexpr size_t kLines = 1'000;
  LineWriter writer(out(), kBufferBytes);
  for (size_t burst = 0; burst < 5; ++burst) {
    for (size_t i = 0; i < kLines; ++i) writer.Write(Line(i));
    EXPECT_LE(writer.kept_bytes(), kBufferBytes);
    const uint64_t dropped = writer.TakeDropped();
    EXPECT_GT(dropped, 0u);
    std::string expected;
    for (size_t i = 0; i < kLines - dropped; ++i) expected += Line(i);
    EXPECT_EQ(Read(expected.size()), expected);
    EXPECT_TRUE(writer.Flush(seconds(60)));
    EXPECT_EQ(writer.kept_bytes(), 0u);
  }
}

// A line that could never be kept whole is not begun.
TEST_F(LineWriterTest, DropsALineThatIsLongerThanItsBound) {
  constexpr size_t kBufferBytes = 10 * kPipeBytes;
  LineWriter writer(out(), kBufferBytes);
  writer.Write(Line(1, kBufferBytes));
  EXPECT_EQ(writer.TakeDropped(), 1u);
  EXPECT_EQ(ReadWhatIsThere(), "");
  const std::string longest = Line(2, kBufferBytes - 1);
  writer.Write(longest);
  EXPECT_EQ(Read(kBufferBytes), longest);
  EXPECT_EQ(writer.TakeDropped(), 0u);
}

TEST_F(LineWriterTest, EndsThoughNobodyReads) {
  LineWriter writer(out());
  for (size_t i = 0; i < 1000; ++i) writer.Write(Line(i));
  EXPECT_FALSE(writer.Flush(milliseconds(1)));
}

TEST_F(LineWriterTest, CountsWhatNobodyCanRead) {
  signal(SIGPIPE, SIG_IGN);
  LineWriter writer(out());
  CloseReader();
  writer.Write("lost\n");
  writer.Write("lost, too\n");
  EXPECT_EQ(writer.TakeDropped(), 2u);
  EXPECT_TRUE(writer.Flush(milliseconds(0)));
}

TEST_F(LineWriterTest, CountsEachLineThatWasKeptForAReaderThatLeaves) {
  signal(SIGPIPE, SIG_IGN);
  constexpr size_t kLines = 1'000;
  LineWriter writer(out());
  for (size_t i = 0; i < kLines; ++i) writer.Write(Line(i));
  const std::string read = ReadWhatIsThere();
  const auto whole = static_cast<uint64_t>(std::count(read.begin(), read.end(), '\n'));
  // What has moved from the buffer to the pipe meanwhile is out, as far as a writer can know.
  const uint64_t piped = kPipeBytes / kLineBytes + 1;
  CloseReader();
  EXPECT_TRUE(writer.Flush(seconds(60)));
  EXPECT_EQ(writer.kept_bytes(), 0u);
  const uint64_t dropped = writer.TakeDropped();
  EXPECT_LE(dropped, kLines - whole);
  EXPECT_GE(dropped, kLines - whole - piped);
}

TEST_F(LineWriterTest, KeepsTheOrderOfEachThread) {
  constexpr size_t kThreads = 4;
  constexpr size_t kLines = 500;
  LineWriter writer(out());
  std::vector<std::thread> threads;
  for (size_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (size_t i = 0; i < kLines; ++i) writer.Write(Line(thread * kLines + i));
    });
  }
  const std::string text = Read(kThreads * kLines * kLineBytes);
  for (std::thread& thread : threads) thread.join();
  std::vector<size_t> next(kThreads);
  for (size_t i = 0; i < kThreads * kLines; ++i) {
    const size_t number = std::stoul(text.substr(i * kLineBytes));
    ASSERT_EQ(text.substr(i * kLineBytes, kLineBytes), Line(number));
    EXPECT_EQ(number % kLines, next[number / kLines]++);
  }
  EXPECT_EQ(writer.TakeDropped(), 0u);
}

}  // namespace
}  // namespace modelgates::gateway
