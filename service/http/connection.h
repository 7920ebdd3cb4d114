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

// Told when something happens on a connection that carries no request.
class IdleListener {
 public:
  // The connection is of no use any more; the listener destroys it.
  virtual void OnIdleConnectionLost(Connection& connection) = 0;

 protected:
  ~IdleListener() = default;
};

// One connection to the upstream, TLS and tunnel included. It belongs to the loop thread for all
// its life and carries one request at a time.
//
// It is watched from its first to its last moment, so a call on a warm connection costs no
// epoll_ctl. Destroying it closes it.
class Connection final : public boost::intrusive::list_base_hook<
                             boost::intrusive::link_mode<boost::intrusive::auto_unlink>>,
                         private FdHandler {
 public:
  enum class Io { kDone, kWouldBlock, kClosed, kBroken };
  struct IoResult {
    Io io;
    size_t bytes = 0;  // with kDone, more than 0
  };
  // With TLS libcurl does the sending and receiving. Without, doing it ourselves spares libcurl's
  // search for the connection among all those of its multi handle.
  enum class Channel {
    kPlain,
    kTls,
    kTlsToProxy,  // and perhaps another TLS within
  };

  // Takes over a connected `easy` in `multi`, which must not go first (see Abandon). `fd` is its
  // socket.
  Connection(EpollLoop& loop, CurlMulti& multi, CURL* easy, curl_socket_t fd, Channel channel);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Offers `bytes` to the kernel. After kWouldBlock the same bytes must be offered again.
  IoResult Send(std::string_view bytes);
  // kClosed: an orderly end, no more will come. Clears `readable` when what is left, if anything,
  // is in the kernel, which will tell.
  IoResult Receive(std::span<char> buffer);

  // There may be something to receive of which nobody will tell.
  bool readable() const { return readable_; }
  // TLS may have taken bytes to send that it does not admit to.
  bool buffers() const { return channel_ != Channel::kPlain; }

  // Waits until there is something to receive or, after a Send that would have blocked, room to
  // send.
  WaitPoint::Awaiter Wait(TimePoint deadline, const std::stop_token& stop);

  // While it is idle events go to `listener`; nullptr ends that.
  void SetIdle(IdleListener* listener) { idle_listener_ = listener; }

  TimePoint created() const { return created_; }
  TimePoint idle_until() const { return idle_until_; }
  void set_idle_until(TimePoint when) { idle_until_ = when; }

  // Its place among the connections that may exist; given back when it is closed.
  void Keep(ConnectionPlace place) { place_.emplace(std::move(place)); }

  // "address:port" of the peer: the proxy's, where there is one.
  std::string Peer() const;
  // After kBroken: the kernel's or TLS's words.
  std::string Error() const;

  // Closes it while somebody still waits on it, and wakes that one: the transport goes away.
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
  CURLcode curl_code_ = CURLE_OK;  // likewise, when libcurl sent or received
  IdleListener* idle_listener_ = nullptr;
  TimePoint created_;
  TimePoint idle_until_{};
  std::optional<ConnectionPlace> place_;
  WaitPoint ready_;
};

}  // namespace modelgates::gateway
