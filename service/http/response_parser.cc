#include "http/response_parser.h"

#include <algorithm>
#include <utility>

#include "http/content_coding.h"
#include "http/lenient_head.h"

namespace modelgates::gateway {
namespace {

namespace http = boost::beast::http;

// The shortest end of a chunked message: "0", CRLF, CRLF. Beast 1.74 asserts that it gets at least
// this many bytes when it continues with a last chunk that arrived in pieces.
constexpr size_t kLastChunkBytes = 5;

bool IsInterim(int status) { return status >= 100 && status < 200; }

// False: no continuation of `head` is a status line.
bool MayBeStatusLine(std::string_view head) {
  constexpr std::string_view kStart = "HTTP/1.";
  const size_t known = std::min(head.size(), kStart.size());
  return head.substr(0, known) == kStart.substr(0, known);
}

// The character after the code, before a reason or at the end of the line.
bool IsEndOfCode(char c) { return c == ' ' || c == '\r' || c == '\n'; }

// The code of a status line that Beast has not parsed, because the head is incomplete; else 0.
int StatusIn(std::string_view head) {
  constexpr std::string_view kStart = "HTTP/1.";
  constexpr size_t kCodeAt = kStart.size() + 2;
  if (head.size() < kCodeAt + 4 || !head.starts_with(kStart)) return 0;
  if (head[kCodeAt - 1] != ' ' || !IsEndOfCode(head[kCodeAt + 3])) return 0;
  int status = 0;
  for (const char digit : head.substr(kCodeAt, 3)) {
    if (digit < '0' || digit > '9') return 0;
    status = status * 10 + (digit - '0');
  }
  return status;
}

}  // namespace

ResponseParser::ResponseParser(size_t max_body_bytes) : max_body_bytes_(max_body_bytes) {
  parser_.emplace(max_body_bytes);
}

ResponseParser::State ResponseParser::Put(std::string_view bytes) {
  if (pending_.empty()) {
    const State state = Fill(bytes);
    if (state == State::kNeedMore || state == State::kGarbage) pending_.assign(bytes);
    return state;
  }
  pending_.append(bytes);
  std::string_view all = pending_;
  const State state = Fill(all);
  if (state == State::kNeedMore) pending_.erase(0, pending_.size() - all.size());
  return state;
}

// Parses from the front of `bytes` and removes the parsed bytes.
ResponseParser::State ResponseParser::Fill(std::string_view& bytes) {
  while (!bytes.empty()) {
    const bool was_in_head = !parser_->is_header_done();
    // Beast needs the end of a head before it checks its start.
    if (was_in_head && parser_->status() == 0 && !MayBeStatusLine(bytes)) {
      return Garbage("no status line");
    }
    if (!was_in_head && parser_->chunked() && bytes.size() < kLastChunkBytes) break;

    boost::beast::error_code error;
    const size_t used = parser_->put({bytes.data(), bytes.size()}, error);
    bytes.remove_prefix(used);
    if (error && was_in_head && used == 0) PutLenientHead(bytes, error);
    if (was_in_head && !parser_->is_header_done()) {
      head_bytes_ += used;
      if (head_bytes_ + bytes.size() > kMaxHeadBytes) return Garbage("a head above 64 KiB");
    }
    if (parser_->too_large()) return State::kComplete;
    if (error == http::error::need_more) {
      // Also bounds the extensions of a chunk and the trailer.
      if (bytes.size() > kMaxHeadBytes) return Garbage("a line above 64 KiB");
      return State::kNeedMore;
    }
    if (error) return Garbage(error.message());
    if (!parser_->is_done()) continue;
    if (!IsInterim(parser_->status())) {
      has_surplus_ = !bytes.empty();
      return State::kComplete;
    }
    if (parser_->status() == 101 || ++interim_answers_ > kMaxInterimAnswers) {
      return Garbage("interim answers that do not fit");
    }
    head_bytes_ = 0;
    head_searched_ = 0;
    parser_.emplace(max_body_bytes_);
  }
  return State::kNeedMore;
}

// If the head is one that the RFC only tolerates, gives Beast a strict form of it.
void ResponseParser::PutLenientHead(std::string_view& bytes, boost::beast::error_code& error) {
  const LenientHead head = ReadLenientHead(bytes, head_searched_);
  if (head.kind == LenientHead::Kind::kNone) return;
  parser_.emplace(max_body_bytes_);
  if (head.kind != LenientHead::Kind::kComplete) {
    const bool broken = head.kind == LenientHead::Kind::kBroken;
    error = broken ? http::error::bad_line_ending : http::error::need_more;
    return;
  }
  error = {};
  is_lenient_ = true;
  bytes.remove_prefix(head.used);
  parser_->put({head.text.data(), head.text.size()}, error);
}

ResponseParser::State ResponseParser::Garbage(std::string error) {
  error_ = std::move(error);
  return State::kGarbage;
}

ResponseParser::State ResponseParser::PutEnd() {
  if (!parser_->got_some() || !pending_.empty()) return State::kNeedMore;
  boost::beast::error_code error;
  parser_->put_eof(error);
  return !error && parser_->is_done() ? State::kComplete : State::kNeedMore;
}

int ResponseParser::status() const {
  const int status = parser_->status() != 0 ? parser_->status() : StatusIn(pending_);
  return IsInterim(status) ? 0 : status;
}

bool ResponseParser::started() const { return parser_->got_some() || !pending_.empty(); }

bool ResponseParser::keeps_connection() const {
  return parser_->is_done() && !parser_->too_large() && parser_->keep_alive() && !has_surplus_ &&
         !is_lenient_;
}

HttpResponse ResponseParser::Take() {
  HttpResponse response = std::move(parser_->response());
  if (parser_->too_large()) {
    response.body_state = BodyState::kTooLarge;
    Wipe(response.body);
  } else if (parser_->has_foreign_transfer_coding()) {
    response.body_state = BodyState::kUndecodable;
    Wipe(response.body);
  } else {
    response.body_state =
        RemoveContentCodings(parser_->content_encoding(), max_body_bytes_, response.body);
  }
  return response;
}

}  // namespace modelgates::gateway
