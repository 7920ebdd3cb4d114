#include "support/fake_redis.h"

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <utility>

#include "support/loopback.h"

namespace modelgates::gateway {

std::string FakeRedis::Session::ReadLine() {
  std::string line;
  char c = 0;
  while (!line.ends_with("\r\n") && recv(fd_, &c, 1, 0) == 1) line += c;
  return line.ends_with("\r\n") ? line.substr(0, line.size() - 2) : "";
}

std::string FakeRedis::Session::ReadBytes(size_t count) {
  std::string bytes(count, '\0');
  if (count > 0 && recv(fd_, bytes.data(), count, MSG_WAITALL) != static_cast<ssize_t>(count)) {
    return "";
  }
  return bytes;
}

std::vector<std::string> FakeRedis::Session::Read() {
  std::vector<std::string> command;
  const std::string count = ReadLine();
  for (int i = count.empty() ? 0 : std::atoi(count.c_str() + 1); i > 0; --i) {
    const std::string length = ReadLine();
    if (length.empty()) return {};
    command.push_back(ReadBytes(std::strtoul(length.c_str() + 1, nullptr, 10)));
    ReadLine();
  }
  return command;
}

bool FakeRedis::Session::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void FakeRedis::Session::Ignore() {
  while (!Read().empty()) {
  }
}

void FakeRedis::Session::Greet() {
  for (;;) {
    const std::vector<std::string> command = Read();
    if (command.empty()) return;
    Send("+OK\r\n");
    if (command[0] == "SELECT") return;
  }
}

FakeRedis::FakeRedis(std::function<void(Session&)> serve)
    : serve_(std::move(serve)), listen_fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  port_ = BindToLoopback(listen_fd_);
  listen(listen_fd_, 16);
  thread_ = std::thread([this] { Accept(); });
}

FakeRedis::~FakeRedis() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    for (Session& session : sessions_) shutdown(session.fd_, SHUT_RDWR);
  }
  shutdown(listen_fd_, SHUT_RDWR);
  thread_.join();
  for (Session& session : sessions_) {
    session.thread_.join();
    close(session.fd_);
  }
  close(listen_fd_);
}

bool FakeRedis::WaitForConnections(int count) {
  std::unique_lock lock(mutex_);
  return accepted_.wait_for(lock, std::chrono::seconds(20),
                            [&] { return sessions_.size() >= static_cast<size_t>(count); });
}

void FakeRedis::Accept() {
  for (;;) {
    const int fd = accept4(listen_fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;  // shut down
    const std::lock_guard lock(mutex_);
    Session& session = sessions_.emplace_back();
    session.fd_ = fd;
    session.number_ = static_cast<int>(sessions_.size());
    if (stopped_) shutdown(fd, SHUT_RDWR);
    session.thread_ = std::thread([this, &session] { Serve(session); });
    accepted_.notify_all();
  }
}

void FakeRedis::Serve(Session& session) {
  serve_(session);
  // Closed last, so that no other file gets its number meanwhile.
  shutdown(session.fd_, SHUT_RDWR);
}

}  // namespace modelgates::gateway
