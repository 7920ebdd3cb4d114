#pragma once

#include <ostream>
#include <string>
#include <string_view>

namespace modelgates::oauth {

// Text that must never be seen: a key, an authorization code, a verifier, a bearer. It prints as
// <redacted> and wipes its memory when it goes. What gRPC copies on the way to the wire is beyond
// its reach.
class SecretText {
 public:
  SecretText() = default;
  // A temporary is moved from, so that no copy stays behind.
  explicit SecretText(std::string text);
  explicit SecretText(std::string_view text) : text_(text) {}
  explicit SecretText(const char* text) : text_(text) {}
  SecretText(const SecretText&) = default;
  SecretText(SecretText&& other) noexcept;
  SecretText& operator=(const SecretText& other);
  SecretText& operator=(SecretText&& other) noexcept;
  ~SecretText();

  // The text itself. Valid while this object is, and unchanged.
  std::string_view Reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

  // In a time that tells nothing but whether the lengths are equal.
  friend bool operator==(const SecretText& a, const SecretText& b);
  friend std::ostream& operator<<(std::ostream& out, const SecretText&) {
    return out << "<redacted>";
  }

 private:
  std::string text_;
};

}  // namespace modelgates::oauth
