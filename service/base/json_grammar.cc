#include "base/json_grammar.h"

#include <absl/strings/ascii.h>

#include <cstddef>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"

namespace modelgates::gateway {
namespace {

// Each function removes what it names from the start of the text, or returns false.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool AtEnd() const { return rest_.empty(); }
  size_t left() const { return rest_.size(); }

  void Space() {
    const size_t end = rest_.find_first_not_of(" \t\n\r");
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end);
  }

  bool Char(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool Scalar() {
    if (rest_.starts_with('"')) return String();
    if (!rest_.empty() && IsDigit(rest_[0])) return Number();
    for (const std::string_view word : {"true", "false", "null", "NaN", "Infinity", "-Infinity"}) {
      if (Word(word)) return true;
    }
    return Number();
  }

  // A member's name and the colon after it.
  bool Name() {
    Space();
    if (!String()) return false;
    Space();
    return Char(':');
  }

 private:
  bool Word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  bool Digits() {
    if (rest_.empty() || !IsDigit(rest_[0])) return false;
    while (!rest_.empty() && IsDigit(rest_[0])) rest_.remove_prefix(1);
    return true;
  }

  bool Number() {
    Char('-');
    if (!Char('0') && !Digits()) return false;
    if (Char('.') && !Digits()) return false;
    if (Char('e') || Char('E')) {
      if (!Char('+')) Char('-');
      return Digits();
    }
    return true;
  }

  bool String() {
    if (!Char('"')) return false;
    for (;;) {
      rest_.remove_prefix(PlainPrefix(rest_));
      if (rest_.empty()) return false;
      const char c = rest_[0];
      if (static_cast<unsigned char>(c) < 0x20) return false;
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (c == '\\' && !Escape()) return false;
    }
  }

  bool Escape() {
    if (rest_.empty()) return false;
    const char c = rest_[0];
    rest_.remove_prefix(1);
    if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
    for (int i = 0; i < 4; ++i) {
      if (rest_.empty()) return false;
      if (!absl::ascii_isxdigit(static_cast<unsigned char>(rest_[0]))) return false;
      rest_.remove_prefix(1);
    }
    return true;
  }

  std::string_view rest_;
};

bool IsOneValue(Scanner& scan) {
  std::vector<bool> open;  // the open containers: true for an object, false for an array
  for (;;) {
    scan.Space();
    if (scan.Char('{')) {
      scan.Space();
      if (!scan.Char('}')) {
        if (!scan.Name()) return false;
        open.push_back(true);
        continue;
      }
    } else if (scan.Char('[')) {
      scan.Space();
      if (!scan.Char(']')) {
        open.push_back(false);
        continue;
      }
    } else if (!scan.Scalar()) {
      return false;
    }
    // A value has ended; close what ends with it.
    for (;;) {
      scan.Space();
      if (open.empty()) return scan.AtEnd();
      if (scan.Char(',')) {
        if (open.back() && !scan.Name()) return false;
        break;
      }
      if (!scan.Char(open.back() ? '}' : ']')) return false;
      open.pop_back();
    }
  }
}

}  // namespace

bool IsJsonText(std::string_view text) {
  Scanner scan(text);
  return IsOneValue(scan);
}

size_t JsonFault(std::string_view text) {
  Scanner scan(text);
  return IsOneValue(scan) ? std::string_view::npos : text.size() - scan.left();
}

}  // namespace modelgates::gateway
