#pragma once

#include <curl/curl.h>

#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/epoll_loop.h"
#include "base/wait_point.h"
#include "http/connection_place.h"
#include "http/curl_multi.h"

struct ssl_st;

namespace modelgates::gateway {

class Connection;

// Observes a connection that carries no request.
class IdleListener {
 public:
  // The connection is no longer usable; the listener destroys it.
  virtual void OnIdleConnectionLost(Connection& connection) = 0;

 protected:
  ~IdleListener() = default;
};

// One connection to the upstream, including TLS and proxy tunnel. It is used on the loop thread
// only and carries one request at a time.
//
// Its socket stays registered with epoll for its whole life, so a call on a warm connection needs
// no epoll_ctl. Destroying it closes it.
class Connection final : public boost::intrusive::list_base_hook<
                             boost::intrusive::link_mode<boost::intrusive::auto_unlink>>,
                         private FdHandler {
 public:
  enum class Io { kDone, kWouldBlock, kClosed, kBroken };
  struct IoResult {
    Io io;
    size_t bytes = 0;  // with kDone, more than 0
  };
  // With TLS libcurl sends and receives. Without TLS we do, because libcurl would search for the
  // connection among all those of its multi handle.
  enum class Channel {
    kPlain,
    kTls,
    kTlsToProxy,  // and perhaps another TLS within
  };

  // Takes over a connected `easy` in `multi`, which must outlive this object (see Abandon). `fd` is
  // its socket.
  Connection(EpollLoop& loop, CurlMulti& multi, CURL* easy, curl_socket_t fd, Channel channel);
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
  // TLS may have accepted bytes to send without reporting it.
  bool buffers() const { return channel_ != Channel::kPlain; }

  // Waits until there is something to receive, or, after a Send that would have blocked, until it
  // can send.
  WaitPoint::Awaiter Wait(TimePoint deadline, const std::stop_token& stop);

  // Sends events to `listener` while the connection is idle; nullptr ends that.
  void SetIdle(IdleListener* listener) { idle_listener_ = listener; }

  TimePoint created() const { return created_; }
  TimePoint idle_until() const { return idle_until_; }
  void set_idle_until(TimePoint when) { idle_until_ = when; }

  // Its share of the bound on connections; released when it is closed.
  void Keep(ConnectionPlace place) { place_.emplace(std::move(place)); }

  // "address:port" of the peer, which is the proxy if there is one.
  std::string Peer() const;
  // After kBroken: the message of the kernel or of TLS.
  std::string Error() const;

  // Closes it while a call still waits for it, and wakes that call, because the transport is being
  // destroyed.
  void Abandon();
  bool abandoned() const { return easy_ == nullptr; }

 private:
  void OnEvents(uint32_t events) override;
  bool IsLost();
  const ssl_st* Tls() const;
  bool EndedInOrder() const;
  bool MayHoldMore() const;
  void SetError(CURLcode code);
  void WatchRoom(bool room);
  void Close();

  EpollLoop& loop_;
  CurlMulti& multi_;
  CURL* easy_;
  curl_socket_t fd_;
  Channel channel_;
  bool readable_;
  bool watches_room_ = false;
  int errno_ = 0;                  // after kBroken; 0: unknown
  CURLcode curl_code_ = CURLE_OK;  // after kBroken, if libcurl sent or received
  IdleListener* idle_listener_ = nullptr;
  TimePoint created_;
  TimePoint idle_until_{};
  std::optional<ConnectionPlace> place_;
  WaitPoint ready_;
};

}  // namespace modelgates::gateway
