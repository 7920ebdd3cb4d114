#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace modelgates::gateway {

// A client that writes single HTTP/2 frames (RFC 9113) to a socket, so that it can behave like an
// attacker: reset new streams, read nothing, send any byte in a field value.
// It implements only the part of the protocol that this needs.
class RawHttp2 {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  struct Options {
    uint32_t initial_window_bytes = 65'535;  // what a stream may be sent unasked
    int receive_buffer_bytes = 0;            // 0: the system's
    bool sends_preface = true;
  };

  // Connects to "host:port", host in IPv4, and sends preface and settings unless told not to.
  explicit RawHttp2(const std::string& address) : RawHttp2(address, Options{}) {}
  RawHttp2(const std::string& address, Options options);
  RawHttp2(const RawHttp2&) = delete;
  RawHttp2& operator=(const RawHttp2&) = delete;
  ~RawHttp2();

  // The frames of a gRPC call of "CreateAuthCode" or "ExchangeAuthCode", on the next stream. With
  // `fields` after those that every call has, as they are.
  std::string Call(const std::string& method, const std::string& message,
                   const Fields& fields = {});
  // The same without its message: HEADERS alone.
  std::string OpenCall(const std::string& method);
  // The same in 15 bytes: its fields are those of the first one, which the gateway keeps (RFC 7541,
  // section 2.3.2). One method a connection.
  std::string OpenKnownCall(const std::string& method);
  // HEADERS of a call of any path.
  std::string OpenPath(const std::string& path, const Fields& fields = {});
  // DATA of the last of these; the stream goes on.
  std::string Data(std::string_view bytes) const;
  // An empty DATA that ends it: nothing more comes.
  std::string EndStream() const;
  // What stands before a message: its length, and whether it is said to be compressed.
  static std::string MessageHead(size_t length, bool compressed = false);
  // The stream of the last of these.
  uint32_t stream() const { return next_stream_ - 2; }
  static std::string ResetFrame(uint32_t stream);

  // False: the connection is gone, or takes nothing for 60 s.
  bool Send(std::string_view bytes);

  // Sends `bytes` on each of these streams, as fast as the gateway's windows allow (RFC 9113,
  // section 5.2), without ending any. Returns when all is sent, or each stream has ended, or the
  // connection has: how many streams have. The first window of each must be untouched.
  // `after_each_megabyte` makes it a slow peer.
  int Pour(
      const std::vector<uint32_t>& streams, const std::string& bytes,
      const std::function<void()>& after_each_megabyte = [] {});

  enum class End {
    kAnswered,
    kReset,
    kGone,    // the connection ended
    kSilent,  // nothing came for 60 s
  };
  // Reads until `stream` has ended.
  End WaitForEnd(uint32_t stream);
  // Reads until so many streams have ended; how many have.
  int WaitForEnds(int count);
  // Reads until the gateway closes the connection, answering nothing. False: not within 60 s.
  bool WaitForHangUp();
  // All that was read: fields stand in it as they are, where they are not shortened.
  const std::string& received() const { return received_; }

 private:
  std::string Headers(const std::string& block);
  bool ReadBytes(size_t count, std::string& bytes);
  struct FrameRead {
    uint8_t type;
    uint8_t flags;
    uint32_t stream;
    std::string payload;

    bool EndsStream() const;
  };
  // The next one, or nullopt when the connection has ended or says so. Answers what must be.
  std::optional<FrameRead> NextFrame();
  // Of the next stream that ends, or nullopt when none will.
  struct Ended {
    uint32_t stream;
    End end;
  };
  std::optional<Ended> NextEnd();

  int fd_;
  uint32_t next_stream_ = 1;
  bool knows_call_ = false;
  bool timed_out_ = false;
  int64_t connection_window_ = 65'535;
  std::string received_;
};

}  // namespace modelgates::gateway
