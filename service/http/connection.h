#pragma once

#include <boost/intrusive/list.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/epoll_loop.h"
#include "base/wait_point.h"
#include "http/connection_place.h"
#include "http/io_result.h"
#include "http/tls_channel.h"

namespace modelgates::gateway {

class Connection;

// Observes a connection for which no call waits by itself: it is idle, or carries many requests.
class ConnectionListener {
 public:
  // There is something to receive, or room to send after a Send that would have blocked. The
  // listener may destroy the connection.
  virtual void OnConnectionEvents(Connection& connection) = 0;

 protected:
  ~ConnectionListener() = default;
};

// One connection to the upstream, including TLS and proxy tunnel. It is used on the loop thread
// only. With HTTP/1.1 it carries one request at a time.
//
// Its socket stays registered with epoll for its whole life, so a call on a warm connection needs
// no epoll_ctl. Destroying it closes it.
class Connection final : public boost::intrusive::list_base_hook<
                             boost::intrusive::link_mode<boost::intrusive::auto_unlink>>,
                         private FdHandler {
 public:
  // Takes over a connected socket; with `tls`, that owns it. `peer` for Peer.
  Connection(EpollLoop& loop, int fd, std::unique_ptr<TlsChannel> tls, std::string peer);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Offers `bytes` to the kernel. After kWouldBlock the same bytes must be offered again.
  IoResult Send(std::string_view bytes);
  // kClosed: the peer closed the connection. Clears `readable` when all buffered bytes were read;
  // epoll reports further ones.
  IoResult Receive(std::span<char> buffer);

  // TLS may hold buffered bytes; epoll does not report them.
  bool readable() const { return readable_; }
  // After a Send of `offered` bytes that was not kDone: whether the peer may have some of them
  // all the same. TLS sends records and does not report how many of them were sent.
  bool MayHaveSent(const IoResult& result, size_t offered) const;

  // Waits until there is something to receive, or, after a Send that would have blocked, until it
  // can send.
  WaitPoint::Awaiter Wait(TimePoint deadline, const std::stop_token& stop);

  // Sends events to `listener`, not to Wait; nullptr ends that.
  void SetListener(ConnectionListener* listener) { listener_ = listener; }
  // After an event while it was idle: whether it is of no use any more.
  bool IsLost();

  // What TLS negotiated for it ("h2", "http/1.1"), after something was received or sent; empty:
  // nothing. Lives as long as the connection.
  std::string_view Protocol() const { return tls_ ? tls_->Protocol() : std::string_view(); }

  TimePoint created() const { return created_; }
  TimePoint idle_until() const { return idle_until_; }
  void set_idle_until(TimePoint when) { idle_until_ = when; }

  // Its share of the bound on connections; released when it is closed.
  void Keep(ConnectionPlace place) { place_.emplace(std::move(place)); }

  // "address:port" of the peer, which is the proxy if there is one.
  const std::string& Peer() const { return peer_; }
  // After kBroken: the message of the kernel or of TLS.
  std::string Error() const;

  // Closes it while a call still waits for it, and wakes that call, because the transport is being
  // destroyed.
  void Abandon();
  bool abandoned() const { return fd_ < 0; }

 private:
  void OnEvents(uint32_t events) override;
  IoResult SendPlain(std::string_view bytes);
  IoResult ReceivePlain(std::span<char> buffer);
  IoResult NotDone();
  void WatchRoom(bool room);
  void Close();

  EpollLoop& loop_;
  int fd_;                           // -1: closed
  std::unique_ptr<TlsChannel> tls_;  // null: none
  const std::string peer_;
  bool readable_;
  bool watches_room_ = false;
  int errno_ = 0;  // after kBroken, without TLS
  ConnectionListener* listener_ = nullptr;
  TimePoint created_;
  TimePoint idle_until_{};
  std::optional<ConnectionPlace> place_;
  WaitPoint ready_;
};

}  // namespace modelgates::gateway
