#include "gateway/last_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <functional>
#include <thread>

#include "base/line_writer.h"

namespace modelgates::gateway {
namespace {

struct Death {
  std::string log;
  int signal = 0;  // 0: it exited
};

// What a process logs that batches two lines and dies of `end`.
Death DieOf(const std::function<void()>& end) {
  std::array<int, 2> out{};
  EXPECT_EQ(pipe(out.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(STDERR_FILENO);  // what a sanitizer says of the death
    WriteLastLinesOnFatalSignals();
    LineWriter writer(out[1]);
    std::thread([&] {
      const SignalStack stack;
      writer.BatchLinesOfThisThread();
      writer.Write("one\n");
      writer.Write("two\n");
      end();
    }).join();
    _exit(0);
  }
  close(out[1]);
  Death death;
  std::array<char, 4096> text{};
  for (ssize_t count = 1; (count = read(out[0], text.data(), text.size())) > 0;) {
    death.log.append(text.data(), static_cast<size_t>(count));
  }
  close(out[0]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  if (WIFSIGNALED(status)) death.signal = WTERMSIG(status);
  return death;
}

TEST(LastLines, AreWrittenWhenTheProcessAborts) {
  const Death death = DieOf([] { std::abort(); });
  EXPECT_EQ(death.log, "one\ntwo\n");
  EXPECT_EQ(death.signal, SIGABRT);
  EXPECT_EQ(DieOf([] { std::terminate(); }).log, "one\ntwo\n");
}

TEST(LastLines, AreWrittenAtASignalFromOutside) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGXCPU, SIGALRM, SIGTRAP, SIGIO}) {
    const Death death = DieOf([signal] { kill(getpid(), signal); });
    EXPECT_EQ(death.log, "one\ntwo\n") << signal;
  }
  EXPECT_EQ(DieOf([] { kill(getpid(), SIGXCPU); }).signal, SIGXCPU);
}

TEST(LastLines, AreWrittenAtAFault) {
  const Death death = DieOf([] {
    void* const nowhere = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *static_cast<volatile int*>(nowhere) = 1;
  });
  EXPECT_EQ(death.log, "one\ntwo\n");
}

// Each call needs its frame for what it does after the next one.
int Deeper(int depth) {
  volatile char frame[4096];
  frame[depth % 4096] = static_cast<char>(depth);
  if (depth < 0) return 0;
  return Deeper(depth + 1) + frame[(depth + 1) % 4096];
}

TEST(LastLines, AreWrittenWhenTheStackIsUsedUp) {
  EXPECT_EQ(DieOf([] { _exit(Deeper(0)); }).log, "one\ntwo\n");
}

TEST(LastLines, AreNotOfTheProcessThatIsKilled) {
  const Death death = DieOf([] { kill(getpid(), SIGKILL); });
  EXPECT_EQ(death.log, "");
  EXPECT_EQ(death.signal, SIGKILL);
}

}  // namespace
}  // namespace modelgates::gateway
