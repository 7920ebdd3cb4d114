#include "base/json_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/json_grammar.h"
#include "base/secret.h"
#include "base/text.h"

namespace modelgates::gateway {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr int kMaxDepth = 64;
// A parser keeps about 20 bytes per byte of its largest text; answers have a few hundred bytes.
constexpr size_t kLargeText = 65'536;

// The state that all values of one visit share.
class Visit {
 public:
  bool malformed = false;

  explicit Visit(const char* source) : source_(source) {}

  size_t LineOf(std::string_view token) const {
    return 1 + static_cast<size_t>(std::count(source_, token.data(), '\n'));
  }

  // Keeps `text`, which the parser unescaped from `literal` into its buffer. nullopt: the result is
  // not UTF-8, because simdjson 3.0.1 converts the escape of a lone low surrogate to invalid
  // bytes.
  std::optional<std::string_view> Keep(std::string_view text, const char* literal) {
    if (begin_ == nullptr) begin_ = text.data();
    end_ = text.data() + text.size();
    // Every escape gives at least one byte, so the first one begins within the text's length.
    const bool escaped = std::memchr(literal, '\\', text.size()) != nullptr;
    if (escaped && !simdjson::validate_utf8(text)) return std::nullopt;
    return text;
  }

  void WipeUnescaped() {
    if (begin_ == nullptr) return;
    // The parser copies up to 64 bytes at a time, so source bytes may follow the end of the text;
    // its buffer has room for them.
    const size_t size = static_cast<size_t>(end_ - begin_) + simdjson::SIMDJSON_PADDING;
    explicit_bzero(const_cast<char*>(begin_), size);
  }

 private:
  const char* const source_;
  const char* begin_ = nullptr;
  const char* end_ = nullptr;
};

std::string_view TrimRight(std::string_view token) {
  return token.substr(0, token.find_last_not_of(" \t\n\r") + 1);
}

// A string literal from its first character on; stage 1 of the parser has found its closing quote.
std::string_view Literal(const char* after_quote) {
  const char* end = after_quote;
  while (*end != '"') end += *end == '\\' ? 2 : 1;
  return {after_quote - 1, static_cast<size_t>(end - after_quote) + 2};
}

std::string_view TokenOf(ondemand::value& value) { return value.raw_json_token(); }
std::string_view TokenOf(ondemand::document& document) {
  std::string_view token;
  return document.raw_json_token().get(token) == simdjson::SUCCESS ? token : std::string_view();
}

// Node is ondemand::document for the root, else ondemand::value. The parser checks only the values
// that are read, so this checks the others: scalars at once, containers and strings when unread.
template <class Node>
class Value final : public JsonValue {
 public:
  Value(Node& node, Visit& visit, int depth)
      : node_(node), visit_(visit), depth_(depth), token_(TokenOf(node)) {
    switch (token_.empty() ? '\0' : token_[0]) {
      case '{':
        type_ = JsonType::kObject;
        return;
      case '[':
        type_ = JsonType::kArray;
        return;
      case '"':
        type_ = JsonType::kString;
        return;
      case 'n':
        type_ = JsonType::kNull;
        break;
      case 't':
      case 'f':
        type_ = JsonType::kBool;
        break;
      default:
        type_ = JsonType::kNumber;
        break;
    }
    if (!IsJsonText(token_)) visit_.malformed = true;
  }

  JsonType type() const override { return type_; }
  size_t line() const override { return visit_.LineOf(token_); }

  std::optional<std::string_view> String() override {
    if (type_ != JsonType::kString) return std::nullopt;
    // Only once, because the parser's buffer has room for each string once.
    if (!std::exchange(read_, true)) {
      std::string_view text;
      if (node_.get_string().get(text) == simdjson::SUCCESS) {
        string_ = visit_.Keep(text, token_.data() + 1);
      } else {
        CheckToken();
      }
    }
    return string_;
  }

  std::optional<std::string_view> NumberToken() override {
    if (type_ != JsonType::kNumber) return std::nullopt;
    return TrimRight(token_);
  }

  std::optional<bool> Bool() override {
    if (type_ != JsonType::kBool) return std::nullopt;
    return token_[0] == 't';
  }

  bool ForEachMember(absl::FunctionRef<void(std::string_view, JsonValue&)> visit) override {
    if (type_ != JsonType::kObject || !StartReading()) return false;
    ondemand::object object;
    if (node_.get_object().get(object) != simdjson::SUCCESS) return Malformed();
    for (auto result : object) {
      ondemand::field field;
      if (std::move(result).get(field) != simdjson::SUCCESS) return Malformed();
      const char* literal = field.key().raw();
      std::string_view text;
      std::optional<std::string_view> name;
      if (field.unescaped_key().get(text) == simdjson::SUCCESS) {
        name = visit_.Keep(text, literal);
      } else if (!IsJsonText(Literal(literal))) {
        return Malformed();
      }
      Value<ondemand::value> child(field.value(), visit_, depth_ + 1);
      if (name && !visit_.malformed) visit(*name, child);
      child.FinishReading();
      if (visit_.malformed) return false;
    }
    return true;
  }

  bool ForEachElement(absl::FunctionRef<void(JsonValue&)> visit) override {
    if (type_ != JsonType::kArray || !StartReading()) return false;
    ondemand::array array;
    if (node_.get_array().get(array) != simdjson::SUCCESS) return Malformed();
    for (auto result : array) {
      ondemand::value element;
      if (result.get(element) != simdjson::SUCCESS) return Malformed();
      Value<ondemand::value> child(element, visit_, depth_ + 1);
      if (!visit_.malformed) visit(child);
      child.FinishReading();
      if (visit_.malformed) return false;
    }
    return true;
  }

  // Checks an unread value, and moves the parser past it.
  void FinishReading() {
    if (visit_.malformed || read_) return;
    if (type_ == JsonType::kObject) CheckContainer(node_.get_object());
    if (type_ == JsonType::kArray) CheckContainer(node_.get_array());
    if (type_ == JsonType::kString) CheckToken();
  }

 private:
  bool StartReading() { return depth_ < kMaxDepth && !std::exchange(read_, true); }

  bool Malformed() {
    visit_.malformed = true;
    return false;
  }

  void CheckToken() {
    if (!IsJsonText(token_)) visit_.malformed = true;
  }

  template <class Container>
  void CheckContainer(simdjson::simdjson_result<Container> result) {
    Container container;
    std::string_view raw;
    if (std::move(result).get(container) != simdjson::SUCCESS ||
        container.raw_json().get(raw) != simdjson::SUCCESS || !IsJsonText(raw)) {
      visit_.malformed = true;
    }
  }

  Node& node_;
  Visit& visit_;
  const int depth_;
  std::string_view token_;
  JsonType type_ = JsonType::kNull;
  bool read_ = false;
  std::optional<std::string_view> string_;
};

simdjson::error_code Iterate(ondemand::parser& parser, std::string& text,
                             ondemand::document& document) {
  text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  return parser.iterate(text.data(), text.size(), text.capacity()).get(document);
}

}  // namespace

bool VisitJson(std::string& text, absl::FunctionRef<void(JsonValue& root)> visit_root) {
  thread_local ondemand::parser kept_parser;
  ondemand::parser large_parser;
  ondemand::parser& parser = text.size() > kLargeText ? large_parser : kept_parser;

  // Replaced by white space, which JSON allows there: the rest need not move.
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.replace(0, kByteOrderMark.size(), 3, ' ');

  ondemand::document document;
  simdjson::error_code error = Iterate(parser, text, document);
  if (error == simdjson::UTF8_ERROR) {
    std::string valid = ToValidUtf8(text);
    Wipe(text);
    text = std::move(valid);
    error = Iterate(parser, text, document);
  }
  if (error != simdjson::SUCCESS) return false;

  Visit visit(text.data());
  Value<ondemand::document> root(document, visit, 0);
  const bool container = root.type() == JsonType::kObject || root.type() == JsonType::kArray;
  if (!container && !IsJsonText(text)) visit.malformed = true;
  if (!visit.malformed) visit_root(root);
  root.FinishReading();
  // If there is a location left, something follows the root.
  if (container && !visit.malformed &&
      document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    visit.malformed = true;
  }
  visit.WipeUnescaped();
  return !visit.malformed;
}

}  // namespace modelgates::gateway
