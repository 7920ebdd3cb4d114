#include "support/raw_http2.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>

namespace modelgates::gateway {
namespace {

constexpr time_t kPatienceSeconds = 60;
const std::string kService = "/modelgates.oauth.v1.OAuthService/";

enum FrameType : uint8_t {
  kData = 0,
  kHeaders = 1,
  kReset = 3,
  kSettings = 4,
  kPing = 6,
  kGoAway = 7,
  kWindowUpdate = 8
};
constexpr size_t kMaxFrame = 16'384;
constexpr uint8_t kEndStream = 1;
constexpr uint8_t kAck = 1;
constexpr uint8_t kEndHeaders = 4;
constexpr uint32_t kCancel = 8;

std::string BigEndian(uint32_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    text.push_back(static_cast<char>(value >> shift & 0xff));
  }
  return text;
}

uint32_t FromBigEndian(std::string_view text) {
  uint32_t value = 0;
  for (const char c : text) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

std::string Frame(FrameType type, uint8_t flags, uint32_t stream, std::string_view payload) {
  std::string frame = BigEndian(static_cast<uint32_t>(payload.size()), 3);
  frame.push_back(static_cast<char>(type));
  frame.push_back(static_cast<char>(flags));
  return frame.append(BigEndian(stream, 4)).append(payload);
}

// HPACK's form of a length in seven bits (RFC 7541, 5.1).
std::string Length(size_t length) {
  constexpr size_t kMost = 127;
  if (length < kMost) return std::string(1, static_cast<char>(length));
  std::string text(1, static_cast<char>(kMost));
  for (length -= kMost; length >= 128; length /= 128) {
    text.push_back(static_cast<char>(length % 128 + 128));
  }
  text.push_back(static_cast<char>(length));
  return text;
}

// A field by its name, which is not kept unless `kind` says so (RFC 7541, 6.2).
std::string Field(const std::string& name, const std::string& value, char kind = '\0') {
  return std::string(1, kind) + Length(name.size()) + name + Length(value.size()) + value;
}

RawHttp2::Fields FieldsOfCall(const std::string& path) {
  return {{":method", "POST"},       {":scheme", "http"}, {":path", path},
          {":authority", "gateway"}, {"te", "trailers"},  {"content-type", "application/grpc"}};
}

}  // namespace

RawHttp2::RawHttp2(const std::string& address, Options options)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (options.receive_buffer_bytes > 0) {
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &options.receive_buffer_bytes, sizeof(int));
  }
  const timeval patience{kPatienceSeconds, 0};
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  const size_t colon = address.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  to.sin_port = htons(static_cast<uint16_t>(std::atoi(address.c_str() + colon + 1)));
  connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof(to));

  if (!options.sends_preface) return;
  constexpr uint32_t kInitialWindowSize = 4;
  Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  Send(Frame(kSettings, 0, 0,
             BigEndian(kInitialWindowSize, 2) + BigEndian(options.initial_window_bytes, 4)));
}

RawHttp2::~RawHttp2() { close(fd_); }

std::string RawHttp2::Headers(const std::string& block) {
  const uint32_t stream = next_stream_;
  next_stream_ += 2;
  return Frame(kHeaders, kEndHeaders, stream, block);
}

std::string RawHttp2::OpenPath(const std::string& path, const Fields& fields) {
  std::string block;
  for (const auto& [name, value] : FieldsOfCall(path)) block += Field(name, value);
  for (const auto& [name, value] : fields) block += Field(name, value);
  return Headers(block);
}

std::string RawHttp2::OpenKnownCall(const std::string& method) {
  constexpr size_t kNewestIndex = 62;
  constexpr char kToBeKept = 0x40;
  const Fields fields = FieldsOfCall(kService + method);
  std::string block;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (knows_call_) {
      block.push_back(static_cast<char>(0x80 | (kNewestIndex + fields.size() - 1 - i)));
    } else {
      block += Field(fields[i].first, fields[i].second, kToBeKept);
    }
  }
  knows_call_ = true;
  return Headers(block);
}

std::string RawHttp2::OpenCall(const std::string& method) { return OpenPath(kService + method); }

std::string RawHttp2::Call(const std::string& method, const std::string& message,
                           const Fields& fields) {
  const std::string headers = OpenPath(kService + method, fields);
  return headers + Frame(kData, kEndStream, stream(), MessageHead(message.size()) + message);
}

std::string RawHttp2::Data(std::string_view bytes) const {
  std::string frames;
  for (size_t at = 0; at < bytes.size(); at += kMaxFrame) {
    frames += Frame(kData, 0, stream(), bytes.substr(at, kMaxFrame));
  }
  return frames;
}

std::string RawHttp2::EndStream() const { return Frame(kData, kEndStream, stream(), ""); }

std::string RawHttp2::MessageHead(size_t length, bool compressed) {
  return std::string(1, compressed ? '\1' : '\0') + BigEndian(static_cast<uint32_t>(length), 4);
}

std::string RawHttp2::ResetFrame(uint32_t stream) {
  return Frame(kReset, 0, stream, BigEndian(kCancel, 4));
}

bool RawHttp2::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool RawHttp2::ReadBytes(size_t count, std::string& bytes) {
  bytes.resize(count);
  size_t have = 0;
  while (have < count) {
    const ssize_t got = recv(fd_, bytes.data() + have, count - have, 0);
    timed_out_ = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    if (got <= 0) return false;
    received_.append(bytes, have, static_cast<size_t>(got));
    have += static_cast<size_t>(got);
  }
  return true;
}

bool RawHttp2::WaitForHangUp() {
  std::string byte;
  while (ReadBytes(1, byte)) {
  }
  return !timed_out_;
}

RawHttp2::End RawHttp2::WaitForEnd(uint32_t stream) {
  while (const std::optional<Ended> ended = NextEnd()) {
    if (ended->stream == stream) return ended->end;
  }
  return timed_out_ ? End::kSilent : End::kGone;
}

int RawHttp2::WaitForEnds(int count) {
  int ended = 0;
  while (ended < count && NextEnd()) ++ended;
  return ended;
}

std::optional<RawHttp2::Ended> RawHttp2::NextEnd() {
  while (const std::optional<FrameRead> frame = NextFrame()) {
    if (frame->type == kReset) return Ended{frame->stream, End::kReset};
    if (frame->EndsStream()) return Ended{frame->stream, End::kAnswered};
  }
  return std::nullopt;
}

bool RawHttp2::FrameRead::EndsStream() const {
  return type == kReset || ((type == kHeaders || type == kData) && (flags & kEndStream) != 0);
}

std::optional<RawHttp2::FrameRead> RawHttp2::NextFrame() {
  constexpr size_t kFrameHead = 9;
  std::string head;
  FrameRead frame{};
  if (!ReadBytes(kFrameHead, head)) return std::nullopt;
  if (!ReadBytes(FromBigEndian(std::string_view(head).substr(0, 3)), frame.payload)) {
    return std::nullopt;
  }
  frame.type = static_cast<uint8_t>(head[3]);
  frame.flags = static_cast<uint8_t>(head[4]);
  frame.stream = FromBigEndian(std::string_view(head).substr(5, 4));
  if (frame.type == kGoAway) return std::nullopt;
  const bool is_ack = (frame.flags & kAck) != 0;
  if (frame.type == kSettings && !is_ack) Send(Frame(kSettings, kAck, 0, ""));
  if (frame.type == kPing && !is_ack) Send(Frame(kPing, kAck, 0, frame.payload));
  if (frame.type == kWindowUpdate && frame.stream == 0) {
    connection_window_ += FromBigEndian(frame.payload);
  }
  return frame;
}

int RawHttp2::Pour(const std::vector<uint32_t>& streams, const std::string& bytes,
                   const std::function<void()>& after_each_megabyte) {
  constexpr size_t kMegabyte = 1 << 20;
  size_t sent = 0;
  struct Left {
    size_t sent = 0;
    int64_t window = 65'535;
  };
  int ended = 0;
  std::map<uint32_t, Left> left;
  for (const uint32_t stream : streams) left[stream];
  while (true) {
    for (auto& [stream, of] : left) {
      const int64_t window = std::min(of.window, connection_window_);
      if (window <= 0) continue;
      const std::string_view part =
          std::string_view(bytes).substr(of.sent, std::min<size_t>(window, kMaxFrame));
      if (!part.empty() && !Send(Frame(kData, 0, stream, part))) return ended;
      of.sent += part.size();
      if ((sent += part.size()) >= kMegabyte) {
        after_each_megabyte();
        sent = 0;
      }
      of.window -= static_cast<int64_t>(part.size());
      connection_window_ -= static_cast<int64_t>(part.size());
    }
    std::erase_if(left, [&](const auto& entry) { return entry.second.sent == bytes.size(); });
    if (left.empty()) return ended;
    const bool stalled = connection_window_ <= 0 ||
                         std::all_of(left.begin(), left.end(),
                                     [](const auto& entry) { return entry.second.window <= 0; });
    if (!stalled) continue;
    const std::optional<FrameRead> frame = NextFrame();
    if (!frame) return ended;
    if (frame->EndsStream()) {
      ended += static_cast<int>(left.erase(frame->stream));
    }
    const auto found = left.find(frame->stream);
    if (frame->type == kWindowUpdate && found != left.end()) {
      found->second.window += FromBigEndian(frame->payload);
    }
  }
}

}  // namespace modelgates::gateway
