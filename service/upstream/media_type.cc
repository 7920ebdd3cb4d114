#include "upstream/media_type.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/secret.h"

namespace modelgates::gateway {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool EqualsIgnoringCase(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return Lower(a) == b; });
}

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

// The media type without its parameters.
std::string_view TypeOf(std::string_view content_type) {
  return Trim(content_type.substr(0, content_type.find(';')));
}

// The text up to the next semicolon that is not within quotes; it and the semicolon are taken off.
std::string_view TakeParameter(std::string_view& rest) {
  bool quoted = false;
  size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != ';'); ++end) {
    if (rest[end] == '"') quoted = !quoted;
    if (quoted && rest[end] == '\\') ++end;
  }
  end = std::min(end, rest.size());
  const std::string_view parameter = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return parameter;
}

bool IsUtf8Name(std::string_view charset) {
  for (const std::string_view name : {"utf-8", "utf8", "us-ascii", "ascii"}) {
    if (EqualsIgnoringCase(charset, name)) return true;
  }
  return false;
}

// iconv reads more than names, "UTF-8//IGNORE" for example; only a plain name gets there.
bool IsCharsetName(std::string_view charset) {
  return !charset.empty() && charset.size() <= 40 &&
         std::all_of(charset.begin(), charset.end(), [](char c) {
           return (c >= '0' && c <= '9') || (Lower(c) >= 'a' && Lower(c) <= 'z') || c == '-' ||
                  c == '_' || c == '.' || c == ':';
         });
}

class Decoder {
 public:
  explicit Decoder(std::string_view charset)
      : iconv_(iconv_open("UTF-8", std::string(charset).c_str())) {}
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() {
    if (known()) iconv_close(iconv_);
  }

  bool known() const { return iconv_ != reinterpret_cast<iconv_t>(-1); }

  std::string Decode(std::string& text) {
    std::string decoded;
    // A byte becomes at most three in all but a few exotic charsets.
    decoded.reserve(text.size() * 3 + 64);
    std::array<char, 1024> buffer;
    char* in = text.data();
    size_t in_left = text.size();
    while (in_left > 0) {
      char* out = buffer.data();
      size_t out_left = buffer.size();
      const size_t in_before = in_left;
      const bool converted = iconv(iconv_, &in, &in_left, &out, &out_left) != size_t(-1);
      decoded.append(buffer.data(), buffer.size() - out_left);
      if (converted || (errno == E2BIG && in_left < in_before)) continue;
      // A byte that means nothing, a character that is cut off, or a converter that is stuck.
      decoded.append("\xEF\xBF\xBD");
      ++in;
      --in_left;
    }
    explicit_bzero(buffer.data(), buffer.size());
    return decoded;
  }

 private:
  iconv_t iconv_;
};

}  // namespace

bool IsJsonMediaType(std::string_view content_type) {
  return EqualsIgnoringCase(TypeOf(content_type), "application/json");
}

bool IsProblemMediaType(std::string_view content_type) {
  return EqualsIgnoringCase(TypeOf(content_type), "application/problem+json");
}

std::string_view CharsetOf(std::string_view content_type) {
  if (content_type.find(';') == std::string_view::npos) return {};
  TakeParameter(content_type);
  while (!content_type.empty()) {
    const std::string_view parameter = TakeParameter(content_type);
    const size_t equals = parameter.find('=');
    if (equals == std::string_view::npos) continue;
    if (!EqualsIgnoringCase(Trim(parameter.substr(0, equals)), "charset")) continue;
    std::string_view value = Trim(parameter.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = Trim(value.substr(1, value.size() - 2));
    }
    return value;
  }
  return {};
}

bool DecodeToUtf8(std::string_view content_type, std::string& body) {
  const std::string_view charset = CharsetOf(content_type);
  if (!IsCharsetName(charset) || IsUtf8Name(charset)) return false;
  Decoder decoder(charset);
  if (!decoder.known()) return false;
  std::string decoded = decoder.Decode(body);
  Wipe(body);
  body = std::move(decoded);
  return true;
}

}  // namespace modelgates::gateway
