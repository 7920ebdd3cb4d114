#include "http/content_coding.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace modelgates::gateway {
namespace {

constexpr size_t kMaxCodings = 3;

enum class Coding { kIdentity, kGzip, kDeflate };

// zlib's codes for what surrounds the compressed data.
constexpr int kGzipWrapper = MAX_WBITS + 16;
constexpr int kZlibWrapper = MAX_WBITS;
constexpr int kNoWrapper = -MAX_WBITS;

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

std::optional<Coding> FromName(std::string_view name) {
  if (EqualsIgnoringCase(name, "gzip") || EqualsIgnoringCase(name, "x-gzip")) return Coding::kGzip;
  if (EqualsIgnoringCase(name, "deflate")) return Coding::kDeflate;
  if (EqualsIgnoringCase(name, "identity")) return Coding::kIdentity;
  return std::nullopt;
}

std::optional<std::vector<Coding>> ParseList(std::string_view list) {
  std::vector<Coding> codings;
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    std::string_view name = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (!name.empty() && (name.front() == ' ' || name.front() == '\t')) name.remove_prefix(1);
    while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name.remove_suffix(1);
    if (name.empty()) continue;  // empty list members are ignored (RFC 9110, 5.6.1.2)
    const std::optional<Coding> coding = FromName(name);
    if (!coding || codings.size() == kMaxCodings) return std::nullopt;
    codings.push_back(*coding);
  }
  return codings;
}

// A zlib stream that is freed at the end of its scope.
class Inflater {
 public:
  explicit Inflater(int wrapper) { ready_ = inflateInit2(&stream_, wrapper) == Z_OK; }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }

  // Inflates `in`; what follows the end of the compressed data is ignored, but for further gzip
  // members (RFC 1952, 2.2).
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

// A zlib wrapper starts with method 8 and a check over two bytes (RFC 1950, 2.2).
bool HasZlibWrapper(std::string_view data) {
  if (data.size() < 2) return false;
  const auto first = static_cast<unsigned char>(data[0]);
  const auto second = static_cast<unsigned char>(data[1]);
  return (first & 0x0f) == 8 && (first * 256 + second) % 31 == 0;
}

}  // namespace

BodyState RemoveContentCodings(std::string_view content_encoding, size_t max_bytes,
                               std::string& body) {
  if (body.empty() || content_encoding.empty()) return BodyState::kComplete;
  std::optional<std::vector<Coding>> codings = ParseList(content_encoding);
  if (!codings) {
    Wipe(body);
    return BodyState::kUndecodable;
  }
  while (!codings->empty()) {
    const Coding coding = codings->back();
    codings->pop_back();
    if (coding == Coding::kIdentity) continue;
    const int wrapper = coding == Coding::kGzip ? kGzipWrapper
                        : HasZlibWrapper(body)  ? kZlibWrapper
                                                : kNoWrapper;
    std::string plain;
    const BodyState state = Inflater(wrapper).Run(body, max_bytes, plain);
    Wipe(body);
    if (state != BodyState::kComplete) {
      Wipe(plain);
      return state;
    }
    body = std::move(plain);
  }
  return BodyState::kComplete;
}

}  // namespace modelgates::gateway
