#include "base/reported_again.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace modelgates::gateway {
namespace {

// Both ends of a TCP connection, and an epoll that reports the second's edges.
class ReportedAgain : public testing::Test {
 protected:
  ReportedAgain() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bind(listener, reinterpret_cast<sockaddr*>(&address), size);
    listen(listener, 1);
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    connect(sender_, reinterpret_cast<sockaddr*>(&address), size);
    receiver_ = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    close(listener);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, receiver_, &event);
  }
  ~ReportedAgain() override {
    for (const int fd : {sender_, receiver_, epoll_}) close(fd);
  }

  int Reports(int wait_ms) {
    epoll_event event{};
    return epoll_wait(epoll_, &event, 1, wait_ms);
  }

  const int sender_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  int receiver_ = -1;
};

TEST_F(ReportedAgain, WhileBytesAreUnread) {
  ASSERT_EQ(send(sender_, "ab", 2, 0), 2);
  ASSERT_EQ(Reports(60'000), 1);
  ASSERT_EQ(Reports(0), 0) << "an edge is reported once";
  char byte = 0;
  ASSERT_EQ(recv(receiver_, &byte, 1, 0), 1);
  ASSERT_TRUE(ReportAgain(receiver_));
  EXPECT_EQ(Reports(0), 1);
}

TEST_F(ReportedAgain, ButNotWhenNothingIsLeft) {
  ASSERT_EQ(send(sender_, "a", 1, 0), 1);
  ASSERT_EQ(Reports(60'000), 1);
  char byte = 0;
  ASSERT_EQ(recv(receiver_, &byte, 1, 0), 1);
  ASSERT_TRUE(ReportAgain(receiver_));
  EXPECT_EQ(Reports(0), 0);
  ASSERT_EQ(send(sender_, "b", 1, 0), 1);
  EXPECT_EQ(Reports(60'000), 1);
}

TEST_F(ReportedAgain, NotOfWhatIsNoSocket) { EXPECT_FALSE(ReportAgain(epoll_)); }

}  // namespace
}  // namespace modelgates::gateway
