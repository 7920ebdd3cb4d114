#pragma once

#include <boost/intrusive/list.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/epoll_loop.h"
#include "base/task.h"
#include "http/base_url.h"
#include "http/connection.h"
#include "http/http.h"
#include "http/http2_connection.h"
#include "http/http2_round_trip.h"
#include "http/transport_options.h"

namespace modelgates::gateway {

// Sends requests on the HTTP/2 connections to one upstream, and makes as many connections as their
// streams need: while the first one is made, all requests wait for it. A request waits here, with
// its deadline, until a stream is free.
//
// A request that the upstream certainly did not act on, because its connection ended before, is
// sent again on another connection (HttpTransport::Send).
//
// Loop thread only. Destroying it closes every connection; every running Send ends with kCancelled
// in the next turn of the loop.
class Http2Pool final : private Http2Connection::Owner {
 public:
  using Connected = std::variant<std::unique_ptr<Connection>, TransportError>;

  // What it needs of the transport.
  struct Hooks {
    // Makes a connection. kCancelled: the transport was destroyed, and this pool with it.
    std::function<Task<Connected>()> connect;
    // Takes a connection on which the upstream chose HTTP/1.1. Null: HTTP/2 is required.
    std::function<void(std::unique_ptr<Connection>)> take_http1;
  };

  // `options` and `scratch` must outlive it.
  Http2Pool(EpollLoop& loop, const TransportOptions& options, const BaseUrl& url,
            std::span<char> scratch, Hooks hooks);
  Http2Pool(const Http2Pool&) = delete;
  Http2Pool& operator=(const Http2Pool&) = delete;
  ~Http2Pool();

  // The upstream has chosen HTTP/1.1 a short time ago, so nothing is to be sent here.
  bool speaks_http1() const { return loop_.Now() < http1_until_; }

  // nullopt: nothing was sent, because the upstream chose HTTP/1.1.
  Task<std::optional<HttpResult>> Send(const HttpRequest& request, const SendOptions& options);

  // Its part of the transport's: idle, reuses, stale, connect_failures.
  TransportStats stats() const;

 private:
  void OnRoom(Http2Connection& connection) override;
  void OnEnd(Http2Connection& connection, const ConnectFailure& why) override;

  bool IsFit(Http2Connection& connection, const Http2RoundTrip& trip) const;
  void Place(Http2RoundTrip& trip);
  // Makes the connections that the waiting requests need.
  void ConnectIfNeeded();
  Task<void> Connect();
  void Use(std::unique_ptr<Connection> connection);
  void Add(std::unique_ptr<Connection> connection, std::string_view received);
  void FallBack(std::unique_ptr<Connection> connection);
  // No connection came of an attempt to make one.
  void FailWaiting(const TransportError& error);

  EpollLoop& loop_;
  const TransportOptions& options_;
  const bool tls_;
  const Http2Target target_;
  const std::span<char> scratch_;
  const Hooks hooks_;
  std::vector<std::unique_ptr<Http2Connection>> connections_;  // the oldest first
  boost::intrusive::list<Http2RoundTrip, boost::intrusive::constant_time_size<false>> waiting_;
  size_t connecting_ = 0;
  // Streams that one more connection is expected to have.
  size_t streams_expected_ = Http2Session::kMaxStreams;
  TimePoint last_loss_{};  // of a connection that ended by itself
  TimePoint http1_until_{};
  TransportStats stats_;
};

}  // namespace modelgates::gateway
