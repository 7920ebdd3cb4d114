#include "http/answer_parser.h"

#include <charconv>
#include <limits>

#include "http/kept_field.h"
#include "http/response_parser.h"

namespace modelgates::gateway {
namespace {

namespace http = boost::beast::http;
using boost::beast::iequals;

// The timeout of "Keep-Alive: timeout=5, max=100"; nullopt: absent or not a number.
std::optional<std::chrono::seconds> TimeoutParameter(std::string_view value) {
  constexpr std::string_view kName = "timeout=";
  const size_t at = value.find(kName);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view digits = value.substr(at + kName.size());
  uint32_t seconds = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (parsed.ec != std::errc()) return std::nullopt;
  return std::chrono::seconds(seconds);
}

}  // namespace

AnswerParser::AnswerParser(size_t max_body_bytes) : max_body_bytes_(max_body_bytes) {
  eager(true);
  header_limit(kMaxHeadBytes);
  // The body is counted here, because Beast 1.74 treats "no limit" as the smallest limit.
  body_limit(std::numeric_limits<uint64_t>::max());
}

void AnswerParser::on_response_impl(int code, Text, int, Error& error) {
  // RFC 9110, section 15: 100 is the least. 0 is ours, for an answer without a status line.
  if (code < 100) error = boost::beast::http::error::bad_status;
  response_.status = code;
}

void AnswerParser::on_field_impl(Field name, Text name_text, Text value, Error&) {
  if (in_trailer_) return;  // must not be merged into the head (RFC 9110, 6.5.1)
  if (name == Field::transfer_encoding && !iequals(value, "chunked")) {
    foreign_transfer_coding_ = true;
  }
  if (name == Field::keep_alive) idle_hint_ = TimeoutParameter({value.data(), value.size()});
  KeepField(name, {name_text.data(), name_text.size()}, {value.data(), value.size()}, response_,
            content_encoding_);
}

void AnswerParser::on_header_impl(Error& error) {
  in_trailer_ = true;
  const boost::optional<uint64_t> length = content_length();
  if (!length || is_done()) return;  // done: 204 and 304 never have a body
  if (*length > max_body_bytes_) {
    too_large_ = true;
    error = http::error::body_limit;
    return;
  }
  response_.body.reserve(*length);
}

size_t AnswerParser::on_body_impl(Text part, Error& error) {
  if (response_.body.size() + part.size() > max_body_bytes_) {
    too_large_ = true;
    error = http::error::body_limit;
    return 0;
  }
  response_.body.append(part.data(), part.size());
  return part.size();
}

size_t AnswerParser::on_chunk_body_impl(uint64_t, Text part, Error& error) {
  return on_body_impl(part, error);
}

}  // namespace modelgates::gateway
