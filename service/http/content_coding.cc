#include "http/content_coding.h"

#include <zlib.h>

#include <array>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <iterator>
#include <utility>
#include <vector>

#include "base/secret.h"

namespace modelgates::gateway {
namespace {

namespace http = boost::beast::http;
using boost::beast::iequals;

constexpr size_t kMaxCodings = 3;

// zlib's codes for the format of the compressed data.
constexpr int kGzipOrZlib = MAX_WBITS + 32;
constexpr int kNothing = -MAX_WBITS;

// A zlib stream that is freed at the end of its scope.
class Inflater {
 public:
  explicit Inflater(int wrapper) { ready_ = inflateInit2(&stream_, wrapper) == Z_OK; }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }

  // Inflates `in`. Bytes after the compressed data are ignored, except further gzip members
  // (RFC 1952, 2.2).
  BodyState Run(std::string_view in, size_t max_bytes, std::string& out) {
    if (!ready_) return BodyState::kUndecodable;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream_.avail_in = static_cast<uInt>(in.size());
    std::array<char, 16384> chunk;
    for (;;) {
      stream_.next_out = reinterpret_cast<Bytef*>(chunk.data());
      stream_.avail_out = chunk.size();
      const int result = inflate(&stream_, Z_NO_FLUSH);
      if (result != Z_OK && result != Z_STREAM_END) return BodyState::kUndecodable;
      const size_t produced = chunk.size() - stream_.avail_out;
      if (out.size() + produced > max_bytes) return BodyState::kTooLarge;
      out.append(chunk.data(), produced);
      if (result == Z_OK) continue;
      const bool next_member =
          stream_.avail_in > 2 && stream_.next_in[0] == 0x1f && stream_.next_in[1] == 0x8b;
      if (!next_member) return BodyState::kComplete;
      inflateReset(&stream_);
    }
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

BodyState RemoveCoding(boost::beast::string_view coding, size_t max_bytes, std::string& body) {
  if (iequals(coding, "identity")) return BodyState::kComplete;
  const bool deflate = iequals(coding, "deflate");
  if (!deflate && !iequals(coding, "gzip") && !iequals(coding, "x-gzip")) {
    return BodyState::kUndecodable;
  }
  std::string plain;
  BodyState state = Inflater(kGzipOrZlib).Run(body, max_bytes, plain);
  if (deflate && state == BodyState::kUndecodable && plain.empty()) {
    state = Inflater(kNothing).Run(body, max_bytes, plain);
  }
  Wipe(body);
  body = std::move(plain);
  return state;
}

}  // namespace

BodyState RemoveContentCodings(std::string_view content_encoding, size_t max_bytes,
                               std::string& body) {
  if (body.empty() || content_encoding.empty()) return BodyState::kComplete;
  const http::opt_token_list list({content_encoding.data(), content_encoding.size()});
  const std::vector<boost::beast::string_view> codings(list.begin(), list.end());
  BodyState state = http::validate_list(list) && codings.size() <= kMaxCodings
                        ? BodyState::kComplete
                        : BodyState::kUndecodable;
  for (auto coding = codings.rbegin(); coding != codings.rend(); ++coding) {
    if (state == BodyState::kComplete) state = RemoveCoding(*coding, max_bytes, body);
  }
  if (state != BodyState::kComplete) Wipe(body);
  return state;
}

}  // namespace modelgates::gateway
