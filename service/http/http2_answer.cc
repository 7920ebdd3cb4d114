#include "http/http2_answer.h"

#include <charconv>
#include <utility>

#include "http/content_coding.h"
#include "http/kept_field.h"
#include "http/response_parser.h"

namespace modelgates::gateway {
namespace {

// As a field line of HTTP/1.1: ": " and CRLF.
constexpr size_t kAroundAField = 4;

}  // namespace

Http2Answer::Put Http2Answer::BeginFields() {
  if (++blocks_ > kMaxInterimAnswers + 1) return Garbage("interim answers that do not fit");
  in_trailer_ = !is_interim();
  if (!in_trailer_) head_bytes_ = 0;
  return Put::kDone;
}

Http2Answer::Put Http2Answer::PutField(std::string_view name, std::string_view value) {
  head_bytes_ += name.size() + value.size() + kAroundAField;
  if (head_bytes_ > kMaxHeadBytes) return Garbage("a head above 64 KiB");
  if (in_trailer_) return Put::kDone;  // must not be merged into the head (RFC 9110, 6.5.1)
  const char* const end = value.data() + value.size();
  if (name == ":status") {
    std::from_chars(value.data(), end, response_.status);
    // Three digits, of which nghttp2 takes all; RFC 9110, section 15: 100 is the least.
    return response_.status < 100 ? Garbage("a status below 100") : Put::kDone;
  }
  if (is_interim()) return Put::kDone;
  if (name == "content-length") {
    uint64_t length = 0;
    std::from_chars(value.data(), end, length);
    too_large_ = length > max_body_bytes_;
    if (too_large_) return Put::kTooLarge;
    response_.body.reserve(length);
    return Put::kDone;
  }
  KeepField(boost::beast::http::string_to_field({name.data(), name.size()}), name, value, response_,
            content_encoding_);
  return Put::kDone;
}

Http2Answer::Put Http2Answer::PutData(std::string_view bytes) {
  too_large_ = response_.body.size() + bytes.size() > max_body_bytes_;
  if (too_large_) return Put::kTooLarge;
  response_.body.append(bytes);
  return Put::kDone;
}

Http2Answer::Put Http2Answer::Garbage(std::string_view error) {
  error_ = error;
  return Put::kGarbage;
}

HttpResponse Http2Answer::Take() {
  HttpResponse response = std::move(response_);
  if (too_large_) {
    response.body_state = BodyState::kTooLarge;
    Wipe(response.body);
  } else {
    response.body_state = RemoveContentCodings(content_encoding_, max_body_bytes_, response.body);
  }
  return response;
}

}  // namespace modelgates::gateway
