#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "http/answer_parser.h"
#include "http/http.h"

namespace modelgates::gateway {

// Bound on status line and fields of one answer; a larger head is kGarbage.
inline constexpr size_t kMaxHeadBytes = 64 * 1024;
// Interim answers (1xx) before the final one; more are kGarbage.
inline constexpr int kMaxInterimAnswers = 128;

// Reads the answer to one request from the bytes of a connection (RFC 9112, sections 4 to 7).
// Heads that the RFC only tolerates are read too (lenient_head.h); their connection is not used
// again. Up to kMaxInterimAnswers (1xx) are skipped; 101 is garbage, because no upgrade was
// requested.
class ResponseParser {
 public:
  enum class State { kNeedMore, kComplete, kGarbage };

  explicit ResponseParser(size_t max_body_bytes);
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;
  ~ResponseParser() { Wipe(pending_); }

  // Takes the next received bytes. Must not be called again after kComplete or kGarbage.
  // A body above the limit is kComplete as soon as that is known.
  State Put(std::string_view bytes);
  // The upstream closed the connection. kNeedMore: the answer is incomplete, or never began.
  State PutEnd();

  // The final answer's status, 0 unless its status line was read.
  int status() const;
  // After kGarbage: what is wrong, without any of the received text.
  const std::string& error() const { return error_; }
  // At least one byte of the final answer was received.
  bool started() const;
  // After kComplete: the connection may carry another request.
  bool keeps_connection() const;
  std::optional<std::chrono::seconds> idle_hint() const { return parser_->idle_hint(); }

  // After kComplete, once: the answer, content codings removed.
  HttpResponse Take();

 private:
  State Fill(std::string_view& bytes);
  void PutLenientHead(std::string_view& bytes, boost::beast::error_code& error);
  State Garbage(std::string error);

  size_t max_body_bytes_;
  std::optional<AnswerParser> parser_;
  std::string pending_;  // received, but needs more bytes to be parsed
  size_t head_bytes_ = 0;
  int interim_answers_ = 0;
  size_t head_searched_ = 0;  // see ReadLenientHead
  bool has_surplus_ = false;
  bool is_lenient_ = false;
  std::string error_;
};

}  // namespace modelgates::gateway
