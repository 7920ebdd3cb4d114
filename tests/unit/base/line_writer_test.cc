#include "base/line_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <future>
#include <vector>

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

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

 private:
  int fds_[2] = {-1, -1};
};

std::string Line(size_t number, size_t size = 100) {
  std::string line = std::to_string(number) + " ";
  line.resize(size, 'x');
  return line;
}

TEST_F(LineWriterTest, WritesAtOnceWhileThereIsRoom) {
  LineWriter writer(out());
  writer.Write("one");
  writer.Write("");
  writer.Write("two");
  EXPECT_EQ(ReadWhatIsThere(), "one\n\ntwo\n");
  EXPECT_TRUE(writer.Flush(milliseconds(0)));
  EXPECT_EQ(writer.TakeDropped(), 0u);
}

TEST_F(LineWriterTest, KeepsLinesInOrderForAReaderThatStalls) {
  LineWriter writer(out());
  constexpr size_t kLines = 1000;
  std::string expected;
  for (size_t i = 0; i < kLines; ++i) {
    writer.Write(Line(i));
    expected += Line(i) + "\n";
  }
  EXPECT_FALSE(writer.Flush(milliseconds(10)));
  EXPECT_EQ(Read(expected.size()), expected);
  EXPECT_TRUE(writer.Flush(seconds(20)));
  EXPECT_EQ(writer.TakeDropped(), 0u);

  writer.Write("at once again");
  EXPECT_EQ(ReadWhatIsThere(), "at once again\n");
}

TEST_F(LineWriterTest, WritesLinesThatAreLongerThanThePipe) {
  LineWriter writer(out());
  for (const size_t size : {kPipeBytes - 1, kPipeBytes, kPipeBytes + 1, 10 * kPipeBytes}) {
    const std::string line = Line(size, size);
    writer.Write(line);
    EXPECT_EQ(Read(size + 1), line + "\n");
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
  EXPECT_GE(written, (kPipeBytes - kPageBytes + kBufferBytes) / 101 - 1);
  EXPECT_LE(written, (kPipeBytes + kBufferBytes) / 101 + 1);
  EXPECT_EQ(writer.TakeDropped(), 0u);

  // The first ones are there, each whole.
  std::string expected;
  for (size_t i = 0; i < written; ++i) expected += Line(i) + "\n";
  EXPECT_EQ(Read(expected.size()), expected);
  EXPECT_TRUE(writer.Flush(seconds(20)));
  EXPECT_EQ(ReadWhatIsThere(), "");
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
  writer.Write("lost");
  writer.Write("lost, too");
  EXPECT_EQ(writer.TakeDropped(), 2u);
  EXPECT_TRUE(writer.Flush(milliseconds(0)));
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
  const std::string text = Read(kThreads * kLines * 101);
  for (std::thread& thread : threads) thread.join();
  std::vector<size_t> next(kThreads);
  for (size_t i = 0; i < kThreads * kLines; ++i) {
    const size_t number = std::stoul(text.substr(i * 101));
    ASSERT_EQ(text.substr(i * 101, 101), Line(number) + "\n");
    EXPECT_EQ(number % kLines, next[number / kLines]++);
  }
  EXPECT_EQ(writer.TakeDropped(), 0u);
}

}  // namespace
}  // namespace modelgates::gateway
