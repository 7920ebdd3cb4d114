#pragma once

#include <ostream>
#include <string>
#include <string_view>

namespace modelgates::oauth {

// A secret text: a key, an authorization code, a verifier, a bearer. It prints as <redacted>, and
// its memory is overwritten when it is destroyed. Copies that gRPC makes to send it are not
// overwritten.
class SecretText {
 public:
  SecretText() = default;
  // Moves from a temporary, so that no copy remains.
  explicit SecretText(std::string text);
  explicit SecretText(std::string_view text) : text_(text) {}
  explicit SecretText(const char* text) : text_(text) {}
  SecretText(const SecretText&) = default;
  SecretText(SecretText&& other) noexcept;
  SecretText& operator=(const SecretText& other);
  SecretText& operator=(SecretText&& other) noexcept;
  ~SecretText();

  // The text itself. Valid as long as this object exists and is not changed.
  std::string_view Reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

  // Constant time for equal lengths.
  friend bool operator==(const SecretText& a, const SecretText& b);
  friend std::ostream& operator<<(std::ostream& out, const SecretText&) {
    return out << "<redacted>";
  }

 private:
  std::string text_;
};

}  // namespace modelgates::oauth
