#include "base/epoll_loop.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <deque>
#include <future>
#include <thread>
#include <vector>

#include "base/task.h"
#include "base/wait_point.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

class EpollLoopTest : public testing::Test {
 protected:
  void TearDown() override {
    loop_.Stop();
    thread_.join();
  }

  // Runs `task` on the loop thread and waits for it.
  void OnLoop(std::function<void()> task) {
    std::promise<void> done;
    loop_.Post([&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }

  EpollLoop loop_;
  std::thread thread_{[this] { loop_.Run(); }};
};

TEST_F(EpollLoopTest, RunsTasksFromManyThreadsInTheOrderOfEach) {
  constexpr int kThreads = 8;
  constexpr int kTasks = 2000;
  std::vector<int> last(kThreads, -1);
  std::atomic<bool> in_order{true};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kTasks; ++i) {
        loop_.Post([&, t, i] {
          if (last[t] != i - 1) in_order = false;
          last[t] = i;
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  OnLoop([] {});
  EXPECT_TRUE(in_order);
  EXPECT_EQ(last, std::vector<int>(kThreads, kTasks - 1));
}

TEST_F(EpollLoopTest, TimersFireInTheOrderOfTheirTimesAndNotEarly) {
  std::promise<std::vector<int>> promise;
  std::vector<int> order;
  std::vector<TimePoint> fired;
  const auto wait = [&](int id, TimePoint when) -> Task<void> {
    WaitPoint point(loop_);
    const std::stop_token never;
    co_await point.Wait(when, never);
    order.push_back(id);
    fired.push_back(loop_.Now());
    if (order.size() == 3) promise.set_value(order);
  };
  TimePoint start;
  OnLoop([&] {
    start = loop_.Now();
    Spawn(wait(3, start + 30ms));
    Spawn(wait(1, start + 10ms));
    Spawn(wait(2, start + 20ms));
  });
  EXPECT_EQ(promise.get_future().get(), (std::vector{1, 2, 3}));
  EXPECT_GE(fired[0], start + 10ms);
  EXPECT_GE(fired[2], start + 30ms);
}

class CountingHandler final : public FdHandler {
 public:
  explicit CountingHandler(std::function<void()> on_events) : on_events_(std::move(on_events)) {}
  void OnEvents(uint32_t) override { on_events_(); }

 private:
  const std::function<void()> on_events_;
};

TEST_F(EpollLoopTest, AnUnwatchedHandlerIsNotToldOfEventsAlreadyFetched) {
  int a[2];
  int b[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, a), 0);
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, b), 0);
  std::atomic<int> calls{0};
  std::promise<void> told;
  CountingHandler* handlers[2];
  // Whichever is told first takes the other away: both are readable in the same turn.
  const auto on_events = [&](int self, int other_fd, int self_fd) {
    ++calls;
    loop_.Unwatch(other_fd, *handlers[1 - self]);
    loop_.Unwatch(self_fd, *handlers[self]);
    told.set_value();
  };
  CountingHandler first([&] { on_events(0, b[0], a[0]); });
  CountingHandler second([&] { on_events(1, a[0], b[0]); });
  handlers[0] = &first;
  handlers[1] = &second;
  ASSERT_EQ(write(a[1], "x", 1), 1);
  ASSERT_EQ(write(b[1], "x", 1), 1);
  OnLoop([&] {
    loop_.Watch(a[0], EPOLLIN, first);
    loop_.Watch(b[0], EPOLLIN, second);
  });
  told.get_future().wait();
  OnLoop([] {});
  EXPECT_EQ(calls, 1);
  for (const int fd : {a[0], a[1], b[0], b[1]}) close(fd);
}

// Readable from the start.
class ReadyFd {
 public:
  ReadyFd() : fd_(eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ReadyFd(const ReadyFd&) = delete;
  ReadyFd& operator=(const ReadyFd&) = delete;
  ~ReadyFd() { close(fd_); }

  int get() const { return fd_; }

 private:
  int fd_;
};

// Far longer than it takes; a loop that starves something does so for ever.
constexpr auto kPatience = 20s;

TEST_F(EpollLoopTest, TasksThatKeepComingStarveNeitherDescriptorsNorTimers) {
  std::atomic<bool> enough{false};
  std::function<void()> post_again = [&] {
    if (!enough) loop_.Post(post_again);
  };
  loop_.Post(post_again);

  ReadyFd fd;
  std::promise<void> told;
  CountingHandler handler([&] {
    loop_.Unwatch(fd.get(), handler);
    told.set_value();
  });
  std::promise<void> fired;
  const auto wait = [&]() -> Task<void> {
    WaitPoint point(loop_);
    const std::stop_token never;
    co_await point.Wait(loop_.Now() + 1ms, never);
    fired.set_value();
  };
  OnLoop([&] {
    loop_.Watch(fd.get(), EPOLLIN, handler);
    Spawn(wait());
  });
  const auto told_by_then = told.get_future().wait_for(kPatience);
  const auto fired_by_then = fired.get_future().wait_for(kPatience);
  enough = true;
  OnLoop([&] { loop_.Unwatch(fd.get(), handler); });
  OnLoop([] {});  // behind the last of those tasks, which may have been posted behind the one above
  EXPECT_EQ(told_by_then, std::future_status::ready);
  EXPECT_EQ(fired_by_then, std::future_status::ready);
}

// Given descriptors that became ready, more than are told at once, while the thread did not get the
// CPU, and a timer that ran out meanwhile, then the timer is the last.
TEST_F(EpollLoopTest, WhatHasArrivedIsToldBeforeATimerThatRanOutMeanwhile) {
  constexpr size_t kFds = 400;
  std::deque<ReadyFd> fds(kFds);
  std::deque<CountingHandler> handlers;
  size_t told = 0;
  std::promise<size_t> told_before_timer;
  const auto wait = [&](TimePoint when) -> Task<void> {
    WaitPoint point(loop_);
    const std::stop_token never;
    co_await point.Wait(when, never);
    told_before_timer.set_value(told);
  };
  OnLoop([&] {
    for (const ReadyFd& fd : fds) {
      handlers.emplace_back([&, index = handlers.size()] {
        ++told;
        loop_.Unwatch(fd.get(), handlers[index]);
      });
      loop_.Watch(fd.get(), EPOLLIN, handlers.back());
    }
    const TimePoint when = loop_.Now() + 1ms;
    Spawn(wait(when));
    while (loop_.Now() <= when) continue;  // the stall
  });
  EXPECT_EQ(told_before_timer.get_future().get(), kFds);
  OnLoop([&] {
    for (size_t i = 0; i < kFds; ++i) loop_.Unwatch(fds[i].get(), handlers[i]);
  });
}

}  // namespace
}  // namespace modelgates::gateway
