#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/epoll_loop.h"
#include "http/connect_failure.h"
#include "http/connection.h"
#include "http/http2_session.h"
#include "http/transport_options.h"

namespace modelgates::gateway {

// A session on its connection: sends once per turn of the loop, receives, and notices a peer that
// has become silent. Loop thread only.
class Http2Connection final : private ConnectionListener,
                              private Http2Session::Listener,
                              private Timer {
 public:
  class Owner {
   public:
    // The session takes at least one more request.
    virtual void OnRoom(Http2Connection& connection) = 0;
    // The connection has ended, and all requests on it. The owner destroys it.
    virtual void OnEnd(Http2Connection& connection, const ConnectFailure& why) = 0;

   protected:
    ~Owner() = default;
  };

  // `scratch` is shared by all connections of a transport. All but `connection` must outlive this
  // object.
  Http2Connection(EpollLoop& loop, const TransportOptions& options, const Http2Target& target,
                  std::unique_ptr<Connection> connection, std::span<char> scratch, Owner& owner);
  Http2Connection(const Http2Connection&) = delete;
  Http2Connection& operator=(const Http2Connection&) = delete;
  // Says goodbye to a peer that still listens.
  ~Http2Connection();

  // Begins the session with what was received before. May end it.
  void Begin(std::string_view received);

  Http2Session& session() { return session_; }
  TimePoint created() const { return connection_->created(); }
  // Whether it carried no request when it ended.
  bool ended_idle() const { return ended_idle_; }

 private:
  class EndOfTurn final : public Timer {
   public:
    explicit EndOfTurn(Http2Connection& connection) : connection_(connection) {}

   private:
    void OnTimer() override { connection_.Send(); }

    Http2Connection& connection_;
  };

  void OnConnectionEvents(Connection& connection) override;
  void OnOutput() override;
  void OnTimer() override;

  // False: the peer broke the protocol.
  bool Put(std::string_view bytes);
  TimePoint NextLook(TimePoint now) const;

  // Each of these may destroy this object, so nothing follows a call.
  void Receive();
  void Send();
  void Settle();
  void End(TransportFailure failure, std::string_view why);

  EpollLoop& loop_;
  const TransportOptions& options_;
  const std::unique_ptr<Connection> connection_;
  const std::span<char> scratch_;
  Owner& owner_;
  Http2Session session_;
  EndOfTurn end_of_turn_{*this};
  TimePoint heard_;                    // when the last bytes were received
  std::optional<TimePoint> pinged_{};  // nothing was received since
  bool ended_idle_ = false;
  bool can_send_ = true;
  std::string send_error_;  // when it cannot
};

}  // namespace modelgates::gateway
