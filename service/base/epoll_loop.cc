#include "base/epoll_loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace modelgates::gateway {
namespace {

// Events per turn at first; doubled when all of them are used.
constexpr size_t kEvents = 256;

int Checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

}  // namespace

EpollLoop::EpollLoop()
    : epoll_fd_(Checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_fd_(Checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
      events_(kEvents) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;  // edge: the counter is never read, only written to wake
  event.data.ptr = nullptr;
  Checked(epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, wake_fd_, &event), "epoll_ctl");
}

EpollLoop::~EpollLoop() {
  close(wake_fd_);
  close(epoll_fd_);
}

void EpollLoop::Run() {
  while (!stop_.load(std::memory_order_acquire)) {
    const TimePoint polled = Now();
    const bool asked_all = Poll(SleepMilliseconds(polled));
    RunTurn(asked_all ? polled : TimePoint::min());
    turn_ended_();
  }
  RunDue();
  turn_ended_();
}

bool EpollLoop::Poll(int timeout_ms) {
  const int count =
      epoll_wait(epoll_fd_, events_.data(), static_cast<int>(events_.size()), timeout_ms);
  if (count < 0 && errno != EINTR) Checked(count, "epoll_wait");
  fetched_ = std::max(count, 0);
  for (int i = 0; i < fetched_; ++i) {
    if (auto* handler = static_cast<FdHandler*>(events_[i].data.ptr)) {
      handler->OnEvents(events_[i].events);
    }
  }
  fetched_ = 0;
  if (count < 0) return false;
  const bool all = static_cast<size_t>(count) < events_.size();
  if (!all) events_.resize(2 * events_.size());
  return all;
}

void EpollLoop::Stop() {
  Post([this] { stop_.store(true, std::memory_order_release); });
}

void EpollLoop::Watch(int fd, uint32_t events, FdHandler& handler) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &handler;
  Checked(epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event), "epoll_ctl add");
}

void EpollLoop::Rewatch(int fd, uint32_t events, FdHandler& handler) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &handler;
  Checked(epoll_ctl(epoll_fd_, EPOLL_CTL_MOD, fd, &event), "epoll_ctl mod");
}

void EpollLoop::Unwatch(int fd, FdHandler& handler) {
  // The descriptor may have been closed by its owner already; epoll has forgotten it then.
  epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr);
  for (int i = 0; i < fetched_; ++i) {
    if (events_[i].data.ptr == &handler) events_[i].data.ptr = nullptr;
  }
}

void EpollLoop::Wake() {
  const uint64_t one = 1;
  // Cannot fail short of 2^64 - 1 wakeups; then the loop is awake anyway.
  [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof(one));
}

int EpollLoop::SleepMilliseconds(TimePoint now) {
  if (stop_.load(std::memory_order_acquire) || !PrepareToSleep()) return 0;
  const std::optional<TimePoint> next = NextTimer();
  if (!next) return -1;
  // Rounded up: waking a fraction early would spin until the timer is due.
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*next - now).count();
  return static_cast<int>(std::clamp<int64_t>(wait, 0, 60'000));
}

}  // namespace modelgates::gateway
