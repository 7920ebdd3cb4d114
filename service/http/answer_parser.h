#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <chrono>
#include <optional>
#include <string>

#include "http/http.h"

namespace modelgates::gateway {

// Boost.Beast's HTTP/1.x parser for one answer, interim or final. It keeps the few fields that are
// needed, and the body with its content codings. Used by ResponseParser only.
class AnswerParser final : public boost::beast::http::basic_parser<false> {
 public:
  // A body above `max_body_bytes` ends the parsing with an error, see `too_large`.
  explicit AnswerParser(size_t max_body_bytes);
  ~AnswerParser() override { Wipe(response_.body); }

  // The status line's code, 0 until it was read.
  int status() const { return response_.status; }
  bool too_large() const { return too_large_; }
  // How long the upstream keeps the connection open without a request, if it said so
  // (Keep-Alive: timeout=5).
  std::optional<std::chrono::seconds> idle_hint() const { return idle_hint_; }

  HttpResponse& response() { return response_; }
  const std::string& content_encoding() const { return content_encoding_; }
  // Whether the message has a transfer coding other than chunked, which is never offered.
  bool has_foreign_transfer_coding() const { return foreign_transfer_coding_; }

 private:
  using Error = boost::beast::error_code;
  using Text = boost::beast::string_view;
  using Field = boost::beast::http::field;

  void on_request_impl(boost::beast::http::verb, Text, Text, int, Error&) override {}
  void on_response_impl(int code, Text reason, int version, Error& error) override;
  void on_field_impl(Field name, Text name_text, Text value, Error& error) override;
  void on_header_impl(Error& error) override;
  void on_body_init_impl(const boost::optional<uint64_t>&, Error&) override {}
  size_t on_body_impl(Text part, Error& error) override;
  void on_chunk_header_impl(uint64_t, Text, Error&) override {}
  size_t on_chunk_body_impl(uint64_t remaining, Text part, Error& error) override;
  void on_finish_impl(Error&) override {}

  size_t max_body_bytes_;
  HttpResponse response_;
  std::string content_encoding_;
  std::optional<std::chrono::seconds> idle_hint_;
  bool in_trailer_ = false;
  bool too_large_ = false;
  bool foreign_transfer_coding_ = false;
};

}  // namespace modelgates::gateway
