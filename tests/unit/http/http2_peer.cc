#include "unit/http/http2_peer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace modelgates::gateway {
namespace {

constexpr size_t kLongestHead = 1024 * 1024;

std::string Text(const uint8_t* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

nghttp2_nv View(const std::string& name, const std::string& value) {
  const auto bytes = [](const std::string& text) {
    return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

struct Http2Peer::Callbacks {
  static Http2Peer& PeerOf(void* self) { return *static_cast<Http2Peer*>(self); }

  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                      size_t name_size, const uint8_t* value, size_t value_size, uint8_t flags,
                      void* self) {
    Request& request = PeerOf(self).Of(frame->hd.stream_id);
    request.fields[Text(name, name_size)] = Text(value, value_size);
    if ((flags & NGHTTP2_NV_FLAG_NO_INDEX) != 0) {
      request.never_indexed.push_back(Text(name, name_size));
    }
    return 0;
  }

  static int OnData(nghttp2_session*, uint8_t, int32_t stream, const uint8_t* data, size_t size,
                    void* self) {
    PeerOf(self).Of(stream).body += Text(data, size);
    return 0;
  }

  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    Http2Peer& peer = PeerOf(self);
    const uint8_t type = frame->hd.type;
    if (type == NGHTTP2_PING && (frame->hd.flags & NGHTTP2_FLAG_ACK) == 0) ++peer.pings_;
    if (type == NGHTTP2_GOAWAY) peer.goaway_code_ = static_cast<int>(frame->goaway.error_code);
    if (type == NGHTTP2_RST_STREAM) {
      peer.Of(frame->hd.stream_id).reset_code = static_cast<int>(frame->rst_stream.error_code);
    }
    if (type != NGHTTP2_HEADERS && type != NGHTTP2_DATA) return 0;
    Request& request = peer.Of(frame->hd.stream_id);
    request.complete = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    return 0;
  }

  static ssize_t OnBody(nghttp2_session*, int32_t stream, uint8_t* buffer, size_t size,
                        uint32_t* flags, nghttp2_data_source*, void* self) {
    std::string& body = PeerOf(self).bodies_[stream];
    const size_t count = std::min(size, body.size());
    std::memcpy(buffer, body.data(), count);
    body.erase(0, count);
    if (body.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(count);
  }
};

Http2Peer::Http2Peer(std::vector<nghttp2_settings_entry> settings) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, &Callbacks::OnHeader);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &Callbacks::OnData);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &Callbacks::OnFrame);
  nghttp2_option* option = nullptr;
  nghttp2_option_new(&option);
  nghttp2_option_set_max_send_header_block_length(option, kLongestHead);
  nghttp2_session* session = nullptr;
  nghttp2_session_server_new2(&session, callbacks, this, option);
  session_.reset(session);
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  SendSettings(settings);
}

Http2Peer::Request& Http2Peer::Of(int32_t stream) {
  const auto found = std::find_if(requests_.begin(), requests_.end(),
                                  [&](const Request& it) { return it.stream == stream; });
  if (found != requests_.end()) return *found;
  requests_.emplace_back().stream = stream;
  return requests_.back();
}

void Http2Peer::Take(std::string_view bytes) {
  nghttp2_session_mem_recv(session_.get(), reinterpret_cast<const uint8_t*>(bytes.data()),
                           bytes.size());
}

std::string Http2Peer::Say() {
  std::string all;
  const uint8_t* bytes = nullptr;
  for (ssize_t size = 0; (size = nghttp2_session_mem_send(session_.get(), &bytes)) > 0;) {
    all += Text(bytes, static_cast<size_t>(size));
  }
  return all;
}

void Http2Peer::SendHead(int32_t stream, int status, const Fields& fields) {
  const std::string name = ":status";
  const std::string value = fmt::format("{:03}", status);
  std::vector<nghttp2_nv> views{View(name, value)};
  for (const auto& [field, text] : fields) views.push_back(View(field, text));
  nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, stream, nullptr, views.data(),
                         views.size(), nullptr);
}

void Http2Peer::SendAnswer(int32_t stream, int status, const std::string& body, Fields fields) {
  fields.insert(fields.begin(), {":status", fmt::format("{:03}", status)});
  std::vector<nghttp2_nv> views;
  for (const auto& [field, text] : fields) views.push_back(View(field, text));
  bodies_[stream] = body;
  nghttp2_data_provider source{};
  source.read_callback = &Callbacks::OnBody;
  nghttp2_submit_response(session_.get(), stream, views.data(), views.size(), &source);
}

void Http2Peer::SendReset(int32_t stream, uint32_t code) {
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, stream, code);
}

void Http2Peer::SendGoAway(int32_t last_stream, uint32_t code) {
  nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE, last_stream, code, nullptr, 0);
}

void Http2Peer::SendSettings(const std::vector<nghttp2_settings_entry>& settings) {
  nghttp2_submit_settings(session_.get(), NGHTTP2_FLAG_NONE, settings.data(), settings.size());
}

}  // namespace modelgates::gateway
