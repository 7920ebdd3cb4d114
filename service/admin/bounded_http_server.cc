#include "admin/bounded_http_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/time.h"

namespace modelgates::gateway {
namespace {

// One connection with one deadline. Errors are all the same to httplib: -1 ends the request.
class DeadlineStream final : public httplib::Stream {
 public:
  DeadlineStream(int socket, const std::atomic<bool>& stopping)
      : socket_(socket),
        stopping_(stopping),
        deadline_(std::chrono::steady_clock::now() + BoundedHttpServer::kConnectionTime) {}

  bool is_readable() const override { return begin_ < end_ || WaitFor(POLLIN); }
  bool is_writable() const override { return WaitFor(POLLOUT); }

  ssize_t read(char* out, size_t size) override {
    if (begin_ == end_ && !Fill()) return -1;
    const size_t count = std::min(size, end_ - begin_);
    std::memcpy(out, buffer_.data() + begin_, count);
    begin_ += count;
    return static_cast<ssize_t>(count);
  }

  ssize_t write(const char* data, size_t size) override {
    while (WaitFor(POLLOUT)) {
      const ssize_t sent = send(socket_, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent >= 0 || (errno != EAGAIN && errno != EINTR)) return sent;
    }
    return -1;
  }

  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    sockaddr_storage address{};
    socklen_t length = sizeof(address);
    getpeername(socket_, reinterpret_cast<sockaddr*>(&address), &length);
    Print(address, ip, port);
  }

  void get_local_ip_and_port(std::string& ip, int& port) const override {
    sockaddr_storage address{};
    socklen_t length = sizeof(address);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length);
    Print(address, ip, port);
  }

  socket_t socket() const override { return socket_; }

 private:
  // True when `events` or an end of the connection can be acted on. False at the deadline, and when
  // the server stops while the request is not complete.
  bool WaitFor(short events) const {
    constexpr std::chrono::milliseconds kSlice{50};
    while (events != POLLIN || !stopping_.load()) {
      const auto left = std::min(kSlice, std::chrono::ceil<std::chrono::milliseconds>(
                                             deadline_ - std::chrono::steady_clock::now()));
      if (left.count() <= 0) return false;
      pollfd entry{socket_, events, 0};
      const int ready = poll(&entry, 1, static_cast<int>(left.count()));
      if (ready > 0) return true;
      if (ready < 0 && errno != EINTR) return false;
    }
    return false;
  }

  bool Fill() {
    if (total_ >= BoundedHttpServer::kMaxHeadBytes) return false;
    while (WaitFor(POLLIN)) {
      const ssize_t count = recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
      if (count > 0) {
        begin_ = 0;
        end_ = static_cast<size_t>(count);
        total_ += end_;
        return true;
      }
      if (count == 0 || (errno != EAGAIN && errno != EINTR)) return false;
    }
    return false;
  }

  static void Print(const sockaddr_storage& address, std::string& ip, int& port) {
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> service{};
    if (getnameinfo(reinterpret_cast<const sockaddr*>(&address), sizeof(address), host.data(),
                    host.size(), service.data(), service.size(),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
      return;
    }
    ip = host.data();
    port = std::atoi(service.data());
  }

  const int socket_;
  const std::atomic<bool>& stopping_;
  const TimePoint deadline_;
  std::array<char, 2048> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  size_t total_ = 0;
};

}  // namespace

// A fixed pool that knows how many connections wait for it.
class BoundedHttpServer::Queue final : public httplib::TaskQueue {
 public:
  explicit Queue(std::atomic<size_t>& waiting) : waiting_(waiting), pool_(kThreads) {}

  void enqueue(std::function<void()> task) override {
    waiting_.fetch_add(1);
    pool_.enqueue(std::move(task));
  }
  void shutdown() override { pool_.shutdown(); }

 private:
  std::atomic<size_t>& waiting_;
  httplib::ThreadPool pool_;
};

BoundedHttpServer::BoundedHttpServer() {
  new_task_queue = [this] { return new Queue(waiting_); };
  set_socket_options([](socket_t socket) {
    // Only so that a restart need not wait for connections in TIME_WAIT.
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
}

void BoundedHttpServer::Stop() {
  stopping_.store(true);
  stop();
}

bool BoundedHttpServer::process_and_close_socket(socket_t socket) {
  const bool overloaded = waiting_.fetch_sub(1) > kMaxWaiting;
  bool served = false;
  if (!overloaded && !stopping_.load()) {
    DeadlineStream stream(socket, stopping_);
    bool closed = false;
    const auto ignore_ranges = [](httplib::Request& request) { request.ranges.clear(); };
    served = process_request(stream, true, closed, ignore_ranges);
  }
  shutdown(socket, SHUT_RDWR);
  close(socket);
  return served;
}

}  // namespace modelgates::gateway
