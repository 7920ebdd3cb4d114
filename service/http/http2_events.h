#pragma once

#include <nghttp2/nghttp2.h>

namespace modelgates::gateway {

// What libnghttp2 calls while a Http2Session takes and gives bytes, and the bounds that libnghttp2
// keeps itself. The session is its user data.
class Http2Events {
 public:
  static const nghttp2_session_callbacks* Callbacks();
  static const nghttp2_option* Options();

  // Gives the next bytes of a request's body.
  static ssize_t OnBody(nghttp2_session* session, int32_t stream, uint8_t* buffer, size_t size,
                        uint32_t* flags, nghttp2_data_source* source, void* self);

 private:
  static int OnBeforeSend(nghttp2_session* session, const nghttp2_frame* frame, void* self);
  static int OnBeginHeaders(nghttp2_session* session, const nghttp2_frame* frame, void* self);
  static int OnHeader(nghttp2_session* session, const nghttp2_frame* frame, const uint8_t* name,
                      size_t name_size, const uint8_t* value, size_t value_size, uint8_t flags,
                      void* self);
  static int OnData(nghttp2_session* session, uint8_t flags, int32_t stream, const uint8_t* data,
                    size_t size, void* self);
  static int OnFrame(nghttp2_session* session, const nghttp2_frame* frame, void* self);
  static int OnStreamClose(nghttp2_session* session, int32_t stream, uint32_t error_code,
                           void* self);
};

}  // namespace modelgates::gateway
