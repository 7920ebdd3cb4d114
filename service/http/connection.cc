#include "http/connection.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace modelgates::gateway {
namespace {

constexpr uint32_t kAlwaysWatched = EPOLLIN | EPOLLRDHUP;

// The most that TLS puts into one record (RFC 8446, 5.1). The peer can read a record only when it
// has all of it.
constexpr size_t kTlsRecordBytes = 16 * 1024;

}  // namespace

Connection::Connection(EpollLoop& loop, int fd, std::unique_ptr<TlsChannel> tls, std::string peer)
    : loop_(loop),
      fd_(fd),
      tls_(std::move(tls)),
      peer_(std::move(peer)),
      readable_(tls_ != nullptr),  // the handshake may have read ahead
      created_(loop.Now()),
      ready_(loop) {
  loop_.Watch(fd_, kAlwaysWatched, *this);
}

Connection::~Connection() { Close(); }

void Connection::Close() {
  if (abandoned()) return;
  loop_.Unwatch(fd_, *this);
  if (tls_) {
    tls_.reset();
  } else {
    close(fd_);
  }
  fd_ = -1;
  place_.reset();
}

void Connection::Abandon() {
  Close();
  ready_.Notify();
}

IoResult Connection::Send(std::string_view bytes) {
  const IoResult result = tls_ ? tls_->Send(bytes) : SendPlain(bytes);
  // After a partial send the rest would block.
  WatchRoom(result.io == Io::kWouldBlock ||
            (result.io == Io::kDone && result.bytes < bytes.size()));
  return result;
}

IoResult Connection::SendPlain(std::string_view bytes) {
  const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return sent >= 0 ? IoResult{Io::kDone, static_cast<size_t>(sent)} : NotDone();
}

bool Connection::MayHaveSent(const IoResult& result, size_t offered) const {
  return tls_ != nullptr && (result.io == Io::kWouldBlock || offered > kTlsRecordBytes);
}

IoResult Connection::Receive(std::span<char> buffer) {
  const IoResult result = tls_ ? tls_->Receive(buffer) : ReceivePlain(buffer);
  if (result.io == Io::kWouldBlock) readable_ = false;
  if (result.io == Io::kDone) {
    readable_ = tls_ ? tls_->MayHoldMore() : result.bytes == buffer.size();
  }
  return result;
}

IoResult Connection::ReceivePlain(std::span<char> buffer) {
  const ssize_t received = recv(fd_, buffer.data(), buffer.size(), 0);
  if (received < 0) return NotDone();
  return received == 0 ? IoResult{Io::kClosed} : IoResult{Io::kDone, static_cast<size_t>(received)};
}

IoResult Connection::NotDone() {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {Io::kWouldBlock};
  errno_ = errno;
  return {Io::kBroken};
}

std::string Connection::Error() const { return tls_ ? tls_->Error() : ErrnoText(errno_); }

WaitPoint::Awaiter Connection::Wait(TimePoint deadline, const std::stop_token& stop) {
  return ready_.Wait(deadline, stop);
}

void Connection::OnEvents(uint32_t events) {
  // Receiving reports an end or an error.
  if ((events & ~static_cast<uint32_t>(EPOLLOUT)) != 0) readable_ = true;
  if (listener_ != nullptr) return listener_->OnConnectionEvents(*this);  // may destroy this
  ready_.Notify();
}

// Unsolicited data from the upstream makes the connection unusable: it would be read as the answer
// to the next request. Only TLS may send data of its own, such as a session ticket.
bool Connection::IsLost() {
  if (!tls_) return true;
  std::array<char, 1> byte;
  return Receive(byte).io != Io::kWouldBlock;
}

void Connection::WatchRoom(bool room) {
  if (room == watches_room_) return;
  watches_room_ = room;
  loop_.Rewatch(fd_, room ? kAlwaysWatched | EPOLLOUT : kAlwaysWatched, *this);
}

}  // namespace modelgates::gateway
