#pragma once

#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/http.h"
#include "http/http2_round_trip.h"

struct nghttp2_session;

namespace modelgates::gateway {

// What all requests of a transport have in common.
struct Http2Target {
  std::string scheme;
  std::string authority;
  std::string path;  // of the base URL, without a slash at its end
  std::string user_agent;
  size_t max_body_bytes = 0;
};

// The client's side of one HTTP/2 connection (RFC 9113), without its socket: bytes in, bytes out.
// libnghttp2 reads and writes the frames. Many requests run at the same time, each on a stream.
//
// A peer cannot cost it much: bounds on the streams, on an answer's head and body, on settings in
// one frame and on replies that the peer does not read. No push is accepted.
class Http2Session {
 public:
  // Most streams at the same time; the peer may allow fewer.
  static constexpr size_t kMaxStreams = 100;

  class Listener {
   public:
    // There is something to send; called within Start and Leave.
    virtual void OnOutput() = 0;

   protected:
    ~Listener() = default;
  };

  // `peer`: its address, for messages. All arguments must outlive the session.
  Http2Session(const Http2Target& target, const std::string& peer, Listener& listener);
  Http2Session(const Http2Session&) = delete;
  Http2Session& operator=(const Http2Session&) = delete;
  ~Http2Session();

  const std::string& peer() const { return peer_; }
  // The peer's SETTINGS have arrived, so it speaks HTTP/2.
  bool greeted() const { return greeted_; }
  // Most streams that the peer and kMaxStreams allow.
  size_t max_streams() const;
  // How many more requests it takes now; 0 before `greeted`.
  size_t room() const;
  bool idle() const { return trips_.empty(); }
  // It takes no more requests: the peer sent GOAWAY, stream numbers are used up, or Retire.
  bool retired() const;
  void Retire() { retired_ = true; }
  // Requests that it has begun.
  uint64_t begun() const { return begun_; }

  // Begins a stream for `trip`; `room` must not be 0. It ends by itself, by Fail, or with Leave.
  void Start(Http2RoundTrip& trip);
  // Resets the stream of `trip`.
  void Leave(Http2RoundTrip& trip);

  // Takes received bytes. False: the peer broke the protocol, see `error`. For some faults `error`
  // is set only when Output has given the GOAWAY that says so.
  bool Put(std::string_view bytes);
  // What the peer did wrong, without any of the received text.
  const std::string& error() const { return error_; }

  void Ping();
  // Queues a GOAWAY.
  void SayGoodbye();

  // Output may have something.
  bool wants_to_send() const;
  // The next bytes to send, the same until Sent has all of them; empty: none. The requests in them
  // count as sent, unless Fail follows without Sent or MaybeSent.
  std::string_view Output();
  // The kernel accepted `bytes` of Output.
  void Sent(size_t bytes);
  // It may have accepted some: TLS does not say.
  void MaybeSent() { touched_ = true; }

  // Ends all requests with `failure`, because the connection ended. `why`: for the log.
  void Fail(TransportFailure failure, std::string_view why);

 private:
  friend class Http2Events;

  struct Deleter {
    void operator()(nghttp2_session* session) const;
  };

  void Fill();
  int32_t Submit(Http2RoundTrip& trip);
  void Expose(Http2RoundTrip& trip);
  void Detach(Http2RoundTrip& trip);
  void Reset(Http2RoundTrip& trip, uint32_t error_code);
  void Answer(Http2RoundTrip& trip);
  void End(Http2RoundTrip& trip, TransportError error);
  void Check(Http2RoundTrip& trip, Http2Answer::Put put);
  void OnHeadTaken(Http2RoundTrip& trip);
  std::string_view TakeBody(Http2RoundTrip& trip, size_t room);
  void OnStreamClosed(Http2RoundTrip& trip, uint32_t error_code);

  const Http2Target& target_;
  const std::string& peer_;
  Listener& listener_;
  std::unique_ptr<nghttp2_session, Deleter> session_;
  boost::intrusive::list<Http2RoundTrip, boost::intrusive::constant_time_size<false>> trips_;
  bool greeted_ = false;
  bool retired_ = false;
  bool leaves_in_order_ = false;  // the peer's GOAWAY was not an error
  size_t open_ = 0;               // streams
  uint64_t begun_ = 0;
  uint64_t answered_ = 0;
  std::string error_;

  std::string out_;
  size_t sent_ = 0;       // of out_
  bool touched_ = false;  // some of out_ may have reached the peer
  bool preface_taken_ = false;
  std::vector<Http2RoundTrip*> exposed_;  // by out_
};

}  // namespace modelgates::gateway
