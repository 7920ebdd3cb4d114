#include "http/http2_events.h"

#include <cstring>
#include <new>
#include <string_view>

#include "http/http2_round_trip.h"
#include "http/http2_session.h"

namespace modelgates::gateway {
namespace {

// A peer may put this many settings into one frame, and leave this many replies unread.
constexpr size_t kMaxSettings = 32;
constexpr size_t kMaxUnreadReplies = 100;

std::string_view Text(const uint8_t* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

Http2Session& Of(void* self) { return *static_cast<Http2Session*>(self); }

// Null: the request has ended.
Http2RoundTrip* TripOf(nghttp2_session* session, int32_t stream) {
  return static_cast<Http2RoundTrip*>(nghttp2_session_get_stream_user_data(session, stream));
}

}  // namespace

int Http2Events::OnBeforeSend(nghttp2_session* session, const nghttp2_frame* frame, void* self) {
  if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR) {
    Of(self).error_ = nghttp2_http2_strerror(frame->goaway.error_code);
  }
  if (frame->hd.type != NGHTTP2_HEADERS) return 0;
  if (Http2RoundTrip* trip = TripOf(session, frame->hd.stream_id)) Of(self).OnHeadTaken(*trip);
  return 0;
}

ssize_t Http2Events::OnBody(nghttp2_session* session, int32_t stream, uint8_t* buffer, size_t size,
                            uint32_t* flags, nghttp2_data_source*, void* self) {
  Http2RoundTrip* trip = TripOf(session, stream);
  if (trip == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  const std::string_view next = Of(self).TakeBody(*trip, size);
  std::memcpy(buffer, next.data(), next.size());
  if (trip->sent_all()) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<ssize_t>(next.size());
}

int Http2Events::OnBeginHeaders(nghttp2_session* session, const nghttp2_frame* frame, void* self) {
  if (frame->hd.type == NGHTTP2_PUSH_PROMISE) {
    Of(self).error_ = "a push that was not allowed";
    return NGHTTP2_ERR_CALLBACK_FAILURE;
  }
  Http2RoundTrip* trip = TripOf(session, frame->hd.stream_id);
  if (trip != nullptr) Of(self).Check(*trip, trip->answer_.BeginFields());
  return 0;
}

int Http2Events::OnHeader(nghttp2_session* session, const nghttp2_frame* frame, const uint8_t* name,
                          size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                          void* self) {
  Http2RoundTrip* trip = TripOf(session, frame->hd.stream_id);
  if (trip == nullptr) return 0;
  Of(self).Check(*trip, trip->answer_.PutField(Text(name, name_size), Text(value, value_size)));
  return 0;
}

int Http2Events::OnData(nghttp2_session* session, uint8_t, int32_t stream, const uint8_t* data,
                        size_t size, void* self) {
  Http2RoundTrip* trip = TripOf(session, stream);
  if (trip != nullptr) Of(self).Check(*trip, trip->answer_.PutData(Text(data, size)));
  return 0;
}

int Http2Events::OnFrame(nghttp2_session* session, const nghttp2_frame* frame, void* self) {
  Http2RoundTrip* trip = nullptr;
  switch (frame->hd.type) {
    case NGHTTP2_SETTINGS:
      if ((frame->hd.flags & NGHTTP2_FLAG_ACK) == 0) Of(self).greeted_ = true;
      break;
    case NGHTTP2_GOAWAY:
      Of(self).leaves_in_order_ = frame->goaway.error_code == NGHTTP2_NO_ERROR;
      break;
    case NGHTTP2_RST_STREAM:
      trip = TripOf(session, frame->hd.stream_id);
      if (trip != nullptr) trip->reset_by_peer_ = true;
      break;
    case NGHTTP2_HEADERS:
    case NGHTTP2_DATA:
      if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) break;
      trip = TripOf(session, frame->hd.stream_id);
      if (trip != nullptr) Of(self).Answer(*trip);
      break;
    default:
      break;
  }
  return 0;
}

int Http2Events::OnStreamClose(nghttp2_session* session, int32_t stream, uint32_t error_code,
                               void* self) {
  --Of(self).open_;
  Http2RoundTrip* trip = TripOf(session, stream);
  if (trip != nullptr) Of(self).OnStreamClosed(*trip, error_code);
  return 0;
}

const nghttp2_session_callbacks* Http2Events::Callbacks() {
  static const nghttp2_session_callbacks* const all = [] {
    nghttp2_session_callbacks* made = nullptr;
    if (nghttp2_session_callbacks_new(&made) != 0) throw std::bad_alloc();
    nghttp2_session_callbacks_set_before_frame_send_callback(made, &OnBeforeSend);
    nghttp2_session_callbacks_set_on_begin_headers_callback(made, &OnBeginHeaders);
    nghttp2_session_callbacks_set_on_header_callback(made, &OnHeader);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, &OnData);
    nghttp2_session_callbacks_set_on_frame_recv_callback(made, &OnFrame);
    nghttp2_session_callbacks_set_on_stream_close_callback(made, &OnStreamClose);
    return made;
  }();
  return all;
}

const nghttp2_option* Http2Events::Options() {
  static const nghttp2_option* const options = [] {
    nghttp2_option* made = nullptr;
    if (nghttp2_option_new(&made) != 0) throw std::bad_alloc();
    nghttp2_option_set_max_settings(made, kMaxSettings);
    nghttp2_option_set_max_outbound_ack(made, kMaxUnreadReplies);
    return made;
  }();
  return options;
}

}  // namespace modelgates::gateway
