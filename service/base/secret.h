#pragma once

#include <ostream>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// A secret text: a bearer, a code, a verifier, a key, or a body that contains one. It prints as
// <redacted>, cannot be formatted, and its memory is overwritten when it is destroyed.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  explicit Secret(std::string_view text) : text_(text) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  // The text itself, only to be sent.
  std::string_view Reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

  friend bool operator==(const Secret&, const Secret&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "<redacted>"; }

 private:
  std::string text_;
};

// Overwrites what calls that have returned left on the stack of this thread, 64 KiB deep: copies of
// secrets in registers are saved there.
void WipeStack();

// Overwrites the characters, which the compiler cannot optimize away, and empties `text`.
void Wipe(std::string& text);

}  // namespace modelgates::gateway
