#include "base/pem_certificates.h"

#include <absl/strings/str_cat.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <optional>
#include <string>

namespace modelgates::gateway {
namespace {

constexpr std::string_view kDashes = "-----";
constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

struct BioDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPointer = std::unique_ptr<BIO, BioDeleter>;

absl::Status Wrong(std::string_view what, int line) {
  return absl::InvalidArgumentError(
      absl::StrCat("must hold PEM certificates: ", absl::string_view(what.data(), what.size()),
                   " (line ", line, ")"));
}

// The label between "-----BEGIN " or "-----END " and the dashes after it. nullopt: `line` has
// another form.
std::optional<std::string_view> LabelOf(std::string_view line, std::string_view mark) {
  if (!line.starts_with(mark) || !line.ends_with(kDashes)) return std::nullopt;
  line.remove_prefix(mark.size());
  if (line.size() < kDashes.size()) return std::nullopt;
  line.remove_suffix(kDashes.size());
  if (line.find(kDashes) != std::string_view::npos) return std::nullopt;
  return line;
}

bool IsCertificate(std::string_view label) {
  return label == PEM_STRING_X509 || label == PEM_STRING_X509_OLD ||
         label == PEM_STRING_X509_TRUSTED;
}

// Why OpenSSL would not find the mark in a line.
std::string_view Misplaced(std::string_view line) {
  if (line.find("\\n") != std::string_view::npos) {
    return "line breaks are written as \\n, they must be real ones";
  }
  if (line.starts_with(kByteOrderMark)) return "the file must begin without a byte order mark";
  if (line.starts_with(kDashes)) return "a BEGIN or END mark must be alone in its line";
  return "a BEGIN or END mark must be at the start of its line";
}

std::string WhyUnreadable() {
  const char* const reason = ERR_reason_error_string(ERR_peek_error());
  return reason ? reason : "no certificate in it";
}

class Reader {
 public:
  absl::StatusOr<std::vector<X509Pointer>> Read(std::string_view text) {
    while (!text.empty()) {
      const size_t end = text.find('\n');
      std::string_view line = text.substr(0, end);
      ++line_;
      // OpenSSL removes the same characters.
      while (!line.empty() && static_cast<unsigned char>(line.back()) <= ' ') line.remove_suffix(1);
      if (absl::Status status = ReadLine(line, text); !status.ok()) return status;
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    if (label_) return Wrong("a block has no END mark, the file is cut off", begin_line_);
    if (certificates_.empty()) {
      return absl::InvalidArgumentError(
          "must hold PEM certificates: there is no line -----BEGIN CERTIFICATE-----");
    }
    return std::move(certificates_);
  }

 private:
  // `rest` begins with `line`.
  absl::Status ReadLine(std::string_view line, std::string_view rest) {
    const bool has_mark =
        line.find(kBegin) != std::string_view::npos || line.find(kEnd) != std::string_view::npos;
    if (!has_mark || line.starts_with('#')) return absl::OkStatus();
    if (const auto label = LabelOf(line, kBegin)) {
      if (label_) return Wrong("a block has no END mark", begin_line_);
      label_ = label;
      begin_ = rest.data();
      begin_line_ = line_;
      return absl::OkStatus();
    }
    const auto label = LabelOf(line, kEnd);
    if (!label) return Wrong(Misplaced(line), line_);
    if (label_ != label) return Wrong("an END mark follows no BEGIN mark of its kind", line_);
    const std::string_view block(begin_, line.data() + line.size());
    label_.reset();
    return IsCertificate(*label) ? ReadCertificate(block) : absl::OkStatus();
  }

  absl::Status ReadCertificate(std::string_view block) {
    ERR_clear_error();
    const BioPointer bio(BIO_new_mem_buf(block.data(), static_cast<int>(block.size())));
    // OpenSSL's default callback would ask for a password on the terminal.
    pem_password_cb* const no_password = [](char*, int, int, void*) { return -1; };
    X509Pointer certificate(PEM_read_bio_X509_AUX(bio.get(), nullptr, no_password, nullptr));
    if (!certificate) {
      absl::Status status = Wrong(absl::StrCat("certificate ", certificates_.size() + 1,
                                               " cannot be read: ", WhyUnreadable()),
                                  begin_line_);
      ERR_clear_error();
      return status;
    }
    certificates_.push_back(std::move(certificate));
    return absl::OkStatus();
  }

  std::vector<X509Pointer> certificates_;
  std::optional<std::string_view> label_;  // of the current block
  const char* begin_ = nullptr;
  int begin_line_ = 0;
  int line_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<X509Pointer>> ParsePemCertificates(std::string_view text) {
  return Reader().Read(text);
}

}  // namespace modelgates::gateway
