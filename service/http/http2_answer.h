#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "http/http.h"

namespace modelgates::gateway {

// Builds the answer to one request from the fields and the data of its stream (RFC 9113, 8.1). It
// keeps the few fields that are needed, skips interim answers (1xx) and the trailer, and has the
// bounds of ResponseParser. libnghttp2 has checked the order and the form of the fields.
class Http2Answer {
 public:
  enum class Put : uint8_t {
    kDone,
    kTooLarge,  // the body is above the bound: the answer is complete
    kGarbage,   // see error
  };

  explicit Http2Answer(size_t max_body_bytes) : max_body_bytes_(max_body_bytes) {}
  Http2Answer(const Http2Answer&) = delete;
  Http2Answer& operator=(const Http2Answer&) = delete;
  ~Http2Answer() { Wipe(response_.body); }

  // A block of fields begins: of an interim answer, of the final one, or the trailer.
  Put BeginFields();
  // `name` is in lower case.
  Put PutField(std::string_view name, std::string_view value);
  Put PutData(std::string_view bytes);

  // The status of the final answer, 0 until it was read.
  int status() const { return is_interim() ? 0 : response_.status; }
  // Something of an answer was received, interim ones included.
  bool started() const { return blocks_ > 0; }
  // After kGarbage: what is wrong, without any of the received text.
  std::string_view error() const { return error_; }

  // When the stream has ended, or after kTooLarge, once: the answer, content codings removed.
  HttpResponse Take();

 private:
  bool is_interim() const { return response_.status < 200; }
  Put Garbage(std::string_view error);

  const size_t max_body_bytes_;
  HttpResponse response_;
  std::string content_encoding_;
  size_t head_bytes_ = 0;
  int blocks_ = 0;
  bool in_trailer_ = false;
  bool too_large_ = false;
  std::string_view error_;
};

}  // namespace modelgates::gateway
