#pragma once

#include <ostream>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// Text that must never be seen: a bearer, a code, a verifier, a key, a body that holds one. It
// prints as <redacted>, cannot be formatted, and wipes its memory when it goes.
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

  // The text itself, for the wire only.
  std::string_view Reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

  friend bool operator==(const Secret&, const Secret&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "<redacted>"; }

 private:
  std::string text_;
};

// Overwrites the characters in a way that the compiler cannot leave out, and empties `text`.
void Wipe(std::string& text);

}  // namespace modelgates::gateway
