#include "fuzz/parsers/input.h"
#include "fuzz/parsers/targets.h"
#include "http/response_parser.h"

namespace modelgates::gateway {
namespace {

struct Parsed {
  ResponseParser::State state = ResponseParser::State::kNeedMore;
  int status = 0;
  HttpResponse response;
};

Parsed Parse(std::string_view bytes, size_t piece, size_t max_body_bytes) {
  ResponseParser parser(max_body_bytes);
  Parsed parsed;
  while (parsed.state == ResponseParser::State::kNeedMore && !bytes.empty()) {
    const std::string_view next = bytes.substr(0, piece);
    bytes.remove_prefix(next.size());
    parsed.state = parser.Put(next);
  }
  if (parsed.state == ResponseParser::State::kNeedMore) parsed.state = parser.PutEnd();
  parsed.status = parser.status();
  if (parsed.state == ResponseParser::State::kComplete) parsed.response = parser.Take();
  return parsed;
}

}  // namespace

// The network cuts an answer anywhere: into which pieces must not matter.
std::string AnswerBrokenBy(std::string_view bytes) {
  Input input(bytes);
  const size_t max_body_bytes = 1 + input.Below(4096);
  const size_t piece = 1 + input.Below(64);
  const Parsed whole = Parse(input.Rest(), input.Rest().size() + 1, max_body_bytes);
  const Parsed pieces = Parse(input.Rest(), piece, max_body_bytes);
  // What is wrong may be seen before the end, or not: then there is no answer either way.
  const bool complete = whole.state == ResponseParser::State::kComplete;
  if (complete != (pieces.state == ResponseParser::State::kComplete)) {
    return "whether there is an answer depends on the pieces";
  }
  if (!complete) return {};
  if (whole.status < 100 || whole.status > 999) return "a status of other than three digits";
  if (whole.status != pieces.status || whole.response.body != pieces.response.body ||
      whole.response.body_state != pieces.response.body_state ||
      whole.response.retry_after != pieces.response.retry_after) {
    return "the answer depends on the pieces";
  }
  if (whole.response.body.size() > max_body_bytes) return "the body is above its bound";
  return {};
}

}  // namespace modelgates::gateway
