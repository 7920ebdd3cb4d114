// The lower bound of a REST client: one thread, epoll, persistent connections, no library. It sends
// the bytes of one prepared request repeatedly, and reads only the length of the answers.
//
// usage: raw_post PORT CONNECTIONS POSTS REQUEST_FILE
// Prints PostReport; connecting is not measured.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "post_report.h"
#include "prepared_request.h"

namespace modelgates::bench {
namespace {

using Clock = PostReport::Clock;

[[noreturn]] void Fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

// Length of the answer at the start of `bytes`; 0: its head is incomplete.
size_t AnswerLength(std::string_view bytes) {
  constexpr std::string_view kName = "Content-Length: ";
  const size_t head = bytes.find("\r\n\r\n");
  if (head == bytes.npos) return 0;
  const size_t name = bytes.find(kName);
  if (!bytes.starts_with("HTTP/1.1 200 ") || name > head) Fail("unexpected answer");
  size_t length = 0;
  std::from_chars(bytes.data() + name + kName.size(), bytes.data() + head, length);
  return head + 4 + length;
}

struct Connection {
  int socket = -1;
  std::string received;
  Clock::time_point sent;
};

class Client {
 public:
  Client(int port, size_t connections, std::string request)
      : request_(std::move(request)), connections_(connections) {
    for (size_t i = 0; i < connections; ++i) Connect(port, i);
  }

  void Post(PostReport& report) {
    for (Connection& connection : connections_) {
      if (report.Start()) Send(connection);
    }
    std::array<epoll_event, 128> events;
    while (!report.complete()) {
      const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 10'000);
      if (ready <= 0) Fail("no answer");
      for (int i = 0; i < ready; ++i) {
        Connection& connection = connections_[events[static_cast<size_t>(i)].data.u64];
        if (!Receive(connection)) continue;
        report.Answered(connection.sent);
        if (report.Start()) Send(connection);
      }
    }
  }

 private:
  void Connect(int port, size_t index) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      Fail("connect");
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
    connections_[index].socket = fd;
  }

  void Send(Connection& connection) {
    connection.sent = Clock::now();
    const ssize_t sent = send(connection.socket, request_.data(), request_.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(request_.size())) Fail("send");
  }

  // True: an answer is complete.
  bool Receive(Connection& connection) {
    std::array<char, 4096> buffer;
    const ssize_t received = recv(connection.socket, buffer.data(), buffer.size(), 0);
    if (received <= 0) Fail("recv");
    connection.received.append(buffer.data(), static_cast<size_t>(received));
    const size_t length = AnswerLength(connection.received);
    if (length == 0 || connection.received.size() < length) return false;
    connection.received.clear();
    return true;
  }

  const std::string request_;
  const int epoll_ = epoll_create1(0);
  std::vector<Connection> connections_;
};

}  // namespace
}  // namespace modelgates::bench

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: raw_post PORT CONNECTIONS POSTS REQUEST_FILE\n", stderr);
    return 2;
  }
  const size_t connections = std::strtoul(argv[2], nullptr, 10);
  modelgates::bench::PostReport report(connections, std::strtoul(argv[3], nullptr, 10));
  modelgates::bench::Client client(std::atoi(argv[1]), connections,
                                   modelgates::bench::PreparedRequest::Read(argv[4]).bytes);
  client.Post(report);
  report.Print();
}
