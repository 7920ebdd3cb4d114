#include "support/fake_http2.h"

#include <strings.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "support/fake_session.h"

namespace modelgates::gateway {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::string_view kEndOfLine = "\r\n";

// More than any client takes.
constexpr size_t kLongestHead = 4 * 1024 * 1024;

std::string_view Text(const uint8_t* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

}  // namespace

struct FakeHttp2::Callbacks {
  static FakeHttp2& Of(void* self) { return *static_cast<FakeHttp2*>(self); }

  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                      size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                      void* self) {
    ReceivedRequest& request = Of(self).streams_[frame->hd.stream_id].request;
    const std::string field(Text(name, name_size));
    const std::string text(Text(value, value_size));
    if (field == ":method") request.method = text;
    if (field == ":path") request.target = text;
    if (field == ":authority") request.head += "host: " + text + "\r\n";
    if (!field.starts_with(':')) request.head += field + ": " + text + "\r\n";
    return 0;
  }

  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    const int32_t id = frame->hd.stream_id;
    const bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (frame->hd.type == NGHTTP2_HEADERS) Of(self).Begin(id);
    const bool is_request = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (is_request) Of(self).AnswerWhenRead(id, ends);
    return 0;
  }

  static int OnData(nghttp2_session*, uint8_t, int32_t id, const uint8_t* data, size_t size,
                    void* self) {
    Of(self).streams_[id].request.body += Text(data, size);
    Of(self).AnswerWhenRead(id, false);
    return 0;
  }

  static int OnStreamClose(nghttp2_session*, int32_t id, uint32_t, void* self) {
    Of(self).streams_.erase(id);
    return 0;
  }

  static ssize_t OnBody(nghttp2_session*, int32_t id, uint8_t* buffer, size_t size, uint32_t* flags,
                        nghttp2_data_source*, void* self) {
    Stream& stream = Of(self).streams_[id];
    const size_t count = std::min(size, stream.body.size());
    std::memcpy(buffer, stream.body.data(), count);
    stream.body.erase(0, count);
    const bool ends = stream.left == 0 && stream.body.empty();
    if (ends) *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (count == 0 && !ends) return NGHTTP2_ERR_DEFERRED;
    return static_cast<ssize_t>(count);
  }
};

FakeHttp2::FakeHttp2(FakeSession& session) : session_(session), ended_(session.loop_) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, &Callbacks::OnHeader);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &Callbacks::OnFrame);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &Callbacks::OnData);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &Callbacks::OnStreamClose);
  nghttp2_option* option = nullptr;
  nghttp2_option_new(&option);
  nghttp2_option_set_max_send_header_block_length(option, kLongestHead);
  nghttp2_session_server_new2(&http2_, callbacks, this, option);
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  if (session.ssl_) {
    // What waits to be written may move.
    SSL_set_mode(session.ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_set_mode(session.ssl_.get(), SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  }
}

FakeHttp2::~FakeHttp2() { nghttp2_session_del(http2_); }

int FakeHttp2::Select(SSL* ssl, const unsigned char** chosen, unsigned char* chosen_size,
                      const unsigned char* offered, unsigned offered_size, void*) {
  const auto* options = static_cast<const FakeUpstream::Options*>(SSL_get_app_data(ssl));
  constexpr unsigned char kOurs[] = "\x02h2";
  if (options == nullptr || !options->http2) return SSL_TLSEXT_ERR_NOACK;
  unsigned char* found = nullptr;
  const int result =
      SSL_select_next_proto(&found, chosen_size, kOurs, sizeof(kOurs) - 1, offered, offered_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

bool FakeHttp2::IsSelected(const SSL* ssl) {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &name, &size);
  return Text(name, size) == "h2";
}

bool FakeHttp2::gone() const { return session_.fd_ < 0; }

Task<void> FakeHttp2::Serve() {
  const nghttp2_settings_entry limit{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS,
                                     session_.options_.max_streams};
  nghttp2_submit_settings(http2_, NGHTTP2_FLAG_NONE, &limit, 1);
  bool open = true;
  while (open) {
    Flush();
    open = co_await session_.ReadSome(64 * 1024);
    if (!open) break;
    const std::string in = std::exchange(session_.in_, {});
    open = nghttp2_session_mem_recv(http2_, reinterpret_cast<const uint8_t*>(in.data()),
                                    in.size()) >= 0;
  }
  stop_.request_stop();
  const std::stop_token never;
  while (running_ > 0) co_await ended_.Wait(TimePoint::max(), never);
}

void FakeHttp2::Flush() {
  const uint8_t* bytes = nullptr;
  for (ssize_t size = 0; (size = nghttp2_session_mem_send(http2_, &bytes)) > 0;) {
    out_ += Text(bytes, static_cast<size_t>(size));
  }
  while (!gone() && !silent_ && !out_.empty()) {
    const int count = session_.TryWrite(out_);
    if (count <= 0) break;
    out_.erase(0, static_cast<size_t>(count));
  }
  session_.idle_ = streams_.empty();
}

void FakeHttp2::Begin(int32_t id) {
  Stream& stream = streams_[id];
  ReceivedRequest& request = stream.request;
  request.connection = session_.number_;
  request.head = request.method + " " + request.target + " HTTP/2\r\n" + request.head;
  stream.answer = session_.upstream_.ChooseAnswer(request);
  const size_t length =
      std::strtoull(request.Header("content-length").value_or("0").c_str(), nullptr, 10);
  stream.needed = std::min(stream.answer.read_only().value_or(length), length);
}

void FakeHttp2::AnswerWhenRead(int32_t id, bool complete) {
  Stream& stream = streams_[id];
  stream.request.complete = complete;
  if (stream.answering || (!complete && stream.request.body.size() < stream.needed)) return;
  // The last frame of a request without data after its body is still to come.
  if (!complete && !stream.answer.read_only()) return;
  stream.answering = true;
  ++running_;
  // Not within libnghttp2's own callback.
  session_.loop_.Post([this, id] { Spawn(RunSteps(id)); });
}

Task<void> FakeHttp2::RunSteps(int32_t id) {
  const auto found = streams_.find(id);
  const bool is_there = found != streams_.end();
  if (is_there) session_.upstream_.Record(found->second.request);
  const Answer answer = is_there ? found->second.answer : Answer();
  bool open = !stop_.stop_requested();
  for (const Answer::Step& step : answer.steps()) {
    if (!open) break;
    open = co_await RunStep(id, step);
    if (!gone()) Flush();
  }
  --running_;
  ended_.Notify();
  session_.ready_.Notify();  // in case that it has closed the connection
}

Task<bool> FakeHttp2::RunStep(int32_t id, const Answer::Step& step) {
  WaitPoint timer(session_.loop_);
  const std::stop_token stop = stop_.get_token();
  switch (step.kind) {
    case Answer::Kind::kBytes:
      Say(id, step.bytes);
      break;
    case Answer::Kind::kDribble:
      for (size_t i = 0; i < step.bytes.size(); ++i) {
        Say(id, std::string_view(step.bytes).substr(i, 1));
        Flush();
        co_await timer.Wait(session_.loop_.Now() + step.pause, stop);
        if (stop.stop_requested()) co_return false;
      }
      break;
    case Answer::Kind::kDelay:
      co_await timer.Wait(session_.loop_.Now() + step.pause, stop);
      break;
    case Answer::Kind::kClose:
    case Answer::Kind::kCut:
      session_.Close(step.kind == Answer::Kind::kClose);
      break;
    case Answer::Kind::kReset:
      session_.Reset();
      break;
    case Answer::Kind::kHalfClose:
      shutdown(session_.fd_, SHUT_WR);
      break;
    case Answer::Kind::kForever:
    case Answer::Kind::kHang:
      co_await timer.Wait(TimePoint::max(), stop);
      break;
    case Answer::Kind::kResetStream:
      nghttp2_submit_rst_stream(http2_, NGHTTP2_FLAG_NONE, id, step.number);
      break;
    case Answer::Kind::kGoAway:
      nghttp2_submit_goaway(http2_, NGHTTP2_FLAG_NONE, id, step.number, nullptr, 0);
      break;
    case Answer::Kind::kGoAwayBelow:
      nghttp2_submit_goaway(http2_, NGHTTP2_FLAG_NONE, std::max(id - 2, 0), step.number, nullptr,
                            0);
      break;
    case Answer::Kind::kAllow: {
      const nghttp2_settings_entry limit{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, step.number};
      nghttp2_submit_settings(http2_, NGHTTP2_FLAG_NONE, &limit, 1);
      break;
    }
    case Answer::Kind::kSilence:
      silent_ = true;
      break;
    case Answer::Kind::kFrames:
      Flush();
      out_ += step.bytes;
      break;
  }
  co_return !gone() && !stop.stop_requested();
}

void FakeHttp2::Say(int32_t id, std::string_view text) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;  // the client has left
  Stream& stream = found->second;
  if (!stream.has_head) {
    stream.head += text;
    text = {};
    for (size_t end = 0; !stream.has_head;) {
      end = stream.head.find(kEndOfHead);
      if (end == std::string::npos) return;
      const std::string rest = stream.head.substr(end + kEndOfHead.size());
      stream.head.resize(end + kEndOfLine.size());
      SayHead(id, stream);
      stream.head = rest;
    }
    text = stream.head;
  }
  stream.body += text;
  stream.left -= std::min(stream.left, text.size());
  nghttp2_session_resume_data(http2_, id);
}

void FakeHttp2::SayHead(int32_t id, Stream& stream) {
  std::string_view lines = stream.head;
  std::vector<std::pair<std::string, std::string>> fields;
  const std::string status(lines.substr(lines.find(' ') + 1, 3));
  fields.emplace_back(":status", status);
  lines.remove_prefix(lines.find(kEndOfLine) + kEndOfLine.size());
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find(kEndOfLine));
    lines.remove_prefix(line.size() + kEndOfLine.size());
    const size_t colon = line.find(':');
    const std::string name = LowerCase(line.substr(0, colon));
    if (name == "connection" || name == "keep-alive" || name == "upgrade") continue;
    const std::string value(line.substr(std::min(line.size(), colon + 2)));
    if (name == "content-length") stream.left = std::strtoull(value.c_str(), nullptr, 10);
    fields.emplace_back(name, value);
  }
  std::vector<nghttp2_nv> views;
  for (auto& [name, value] : fields) {
    views.push_back({reinterpret_cast<uint8_t*>(name.data()),
                     reinterpret_cast<uint8_t*>(value.data()), name.size(), value.size(),
                     NGHTTP2_NV_FLAG_NONE});
  }
  stream.has_head = !status.starts_with('1') || status == "101";
  if (!stream.has_head) {
    nghttp2_submit_headers(http2_, NGHTTP2_FLAG_NONE, id, nullptr, views.data(), views.size(),
                           nullptr);
    return;
  }
  nghttp2_data_provider body{};
  body.read_callback = &Callbacks::OnBody;
  nghttp2_submit_response(http2_, id, views.data(), views.size(), &body);
}

}  // namespace modelgates::gateway
