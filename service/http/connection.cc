#include "http/connection.h"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace modelgates::gateway {
namespace {

constexpr uint32_t kAlwaysWatched = EPOLLIN | EPOLLRDHUP;

}  // namespace

Connection::Connection(EpollLoop& loop, CurlMulti& multi, CURL* easy, curl_socket_t fd,
                       Channel channel)
    : loop_(loop),
      multi_(multi),
      easy_(easy),
      fd_(fd),
      channel_(channel),
      readable_(channel != Channel::kPlain),  // the handshake may have read ahead
      created_(loop.Now()),
      ready_(loop) {
  loop_.Watch(fd_, kAlwaysWatched, *this);
}

Connection::~Connection() { Close(); }

void Connection::Close() {
  if (easy_ == nullptr) return;
  loop_.Unwatch(fd_, *this);
  multi_.Remove(easy_);
  curl_easy_cleanup(easy_);
  easy_ = nullptr;
  place_.reset();
}

void Connection::Abandon() {
  Close();
  ready_.Notify();
}

Connection::IoResult Connection::Send(std::string_view bytes) {
  IoResult result{Io::kBroken};
  if (channel_ == Channel::kPlain) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      result = {Io::kDone, static_cast<size_t>(sent)};
    } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
      result = {Io::kWouldBlock};
    } else {
      errno_ = errno;
    }
  } else {
    size_t sent = 0;
    errno = 0;
    const CURLcode code = curl_easy_send(easy_, bytes.data(), bytes.size(), &sent);
    if (code == CURLE_OK) result = {Io::kDone, sent};
    if (code == CURLE_AGAIN) result = {Io::kWouldBlock};
    if (result.io == Io::kBroken) SetError(code);
  }
  // A part that was taken leaves a rest that would block.
  WatchRoom(result.io == Io::kWouldBlock ||
            (result.io == Io::kDone && result.bytes < bytes.size()));
  return result;
}

Connection::IoResult Connection::Receive(std::span<char> buffer) {
  size_t received = 0;
  if (channel_ == Channel::kPlain) {
    const ssize_t count = recv(fd_, buffer.data(), buffer.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
      readable_ = false;
      return {Io::kWouldBlock};
    }
    if (count < 0) {
      errno_ = errno;
      return {Io::kBroken};
    }
    received = static_cast<size_t>(count);
    readable_ = received == buffer.size();
  } else {
    errno = 0;
    const CURLcode code = curl_easy_recv(easy_, buffer.data(), buffer.size(), &received);
    if (code == CURLE_AGAIN) {
      readable_ = false;
      return {Io::kWouldBlock};
    }
    if (code != CURLE_OK || (received == 0 && !EndedInOrder())) {
      SetError(code);
      return {Io::kBroken};
    }
    readable_ = MayHoldMore();
  }
  return received == 0 ? IoResult{Io::kClosed} : IoResult{Io::kDone, received};
}

void Connection::SetError(CURLcode code) {
  errno_ = errno;
  curl_code_ = code;
}

std::string Connection::Peer() const {
  if (easy_ == nullptr) return "";
  const char* address = nullptr;
  long port = 0;
  curl_easy_getinfo(easy_, CURLINFO_PRIMARY_IP, &address);
  curl_easy_getinfo(easy_, CURLINFO_PRIMARY_PORT, &port);
  const std::string_view host = address == nullptr ? "" : address;
  const bool is_ipv6 = host.find(':') != std::string_view::npos;
  return is_ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

std::string Connection::Error() const {
  if (errno_ != 0) {
    return fmt::format("{} (errno {})", std::generic_category().message(errno_), errno_);
  }
  return curl_code_ != CURLE_OK ? curl_easy_strerror(curl_code_)
                                : "ended without a TLS close_notify";
}

const SSL* Connection::Tls() const {
  curl_tlssessioninfo* session = nullptr;
  curl_easy_getinfo(easy_, CURLINFO_TLS_SSL_PTR, &session);
  return session == nullptr ? nullptr : static_cast<const SSL*>(session->internals);
}

// With TLS an end that the peer did not announce may be anybody's doing (RFC 9112, 9.8). libcurl
// does not tell the two apart.
bool Connection::EndedInOrder() const {
  const SSL* tls = Tls();
  return tls == nullptr || (SSL_get_shutdown(tls) & SSL_RECEIVED_SHUTDOWN) != 0;
}

// TLS reads ahead, and the kernel knows nothing of what it holds. Of two, one within the other,
// only one can be asked.
bool Connection::MayHoldMore() const {
  const SSL* tls = channel_ == Channel::kTls ? Tls() : nullptr;
  return tls == nullptr || SSL_has_pending(tls) == 1;
}

WaitPoint::Awaiter Connection::Wait(TimePoint deadline, const std::stop_token& stop) {
  return ready_.Wait(deadline, stop);
}

void Connection::OnEvents(uint32_t events) {
  if (idle_listener_ != nullptr) {
    if (IsLost()) idle_listener_->OnIdleConnectionLost(*this);  // destroys this
    return;
  }
  // An end or an error is found out by receiving.
  if ((events & ~static_cast<uint32_t>(EPOLLOUT)) != 0) readable_ = true;
  ready_.Notify();
}

// Whatever an upstream says unasked makes the connection useless: it would be taken for the
// answer to the next request. TLS alone may say something of its own, such as a session ticket.
bool Connection::IsLost() {
  if (channel_ == Channel::kPlain) return true;
  std::array<char, 1> byte;
  return Receive(byte).io != Io::kWouldBlock;
}

void Connection::WatchRoom(bool room) {
  if (room == watches_room_) return;
  watches_room_ = room;
  loop_.Rewatch(fd_, room ? kAlwaysWatched | EPOLLOUT : kAlwaysWatched, *this);
}

}  // namespace modelgates::gateway
