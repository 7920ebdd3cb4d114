#pragma once

#include <nghttp2/nghttp2.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace modelgates::gateway {

// The server's side of one HTTP/2 connection, without a socket: it records what arrives, and says
// what a test tells it.
class Http2Peer {
 public:
  struct Request {
    int32_t stream = 0;
    std::map<std::string, std::string> fields;
    std::vector<std::string> never_indexed;
    std::string body;
    bool complete = false;
    int reset_code = -1;  // -1: not reset
  };

  explicit Http2Peer(std::vector<nghttp2_settings_entry> settings = {});

  void Take(std::string_view bytes);
  // What it has to say since the last call.
  std::string Say();

  using Fields = std::vector<std::pair<std::string, std::string>>;
  void SendHead(int32_t stream, int status, const Fields& fields = {});
  void SendAnswer(int32_t stream, int status, const std::string& body, Fields fields = {});
  void SendReset(int32_t stream, uint32_t code);
  void SendGoAway(int32_t last_stream, uint32_t code);
  void SendSettings(const std::vector<nghttp2_settings_entry>& settings);

  const std::vector<Request>& requests() const { return requests_; }
  int pings() const { return pings_; }
  // The error code of the client's GOAWAY; -1: none.
  int goaway_code() const { return goaway_code_; }

 private:
  struct Callbacks;
  struct Deleter {
    void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
  };

  Request& Of(int32_t stream);

  std::unique_ptr<nghttp2_session, Deleter> session_;
  std::vector<Request> requests_;
  std::map<int32_t, std::string> bodies_;  // to be sent
  int pings_ = 0;
  int goaway_code_ = -1;
};

}  // namespace modelgates::gateway
