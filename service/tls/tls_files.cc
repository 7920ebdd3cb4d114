#include "tls/tls_files.h"

#include <absl/strings/str_cat.h>
#include <absl/time/time.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <ctime>
#include <optional>
#include <string_view>

#include "base/secret.h"
#include "base/small_file.h"

namespace modelgates::gateway {
namespace {

constexpr size_t kMaxBytes = size_t{16} << 20;

struct BioDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct ContextDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

// The text of OpenSSL's last error. Clears the error queue.
std::string ReasonOfOpenSsl() {
  const char* const reason = ERR_reason_error_string(ERR_peek_error());
  ERR_clear_error();
  return reason ? reason : "unknown reason";
}

WallTime ToTime(const ASN1_TIME* time) {
  std::tm utc{};
  ASN1_TIME_to_tm(time, &utc);
  return WallTime::clock::from_time_t(timegm(&utc));
}

std::string Print(WallTime time) {
  return absl::FormatTime(absl::RFC3339_sec, absl::FromChrono(time), absl::UTCTimeZone());
}

// Empty: the certificate is valid.
std::string WhyInvalid(const X509* certificate, WallTime now) {
  const WallTime begin = ToTime(X509_get0_notBefore(certificate));
  const WallTime end = ToTime(X509_get0_notAfter(certificate));
  if (now < begin) return absl::StrCat("is not valid before ", Print(begin));
  if (now > end) return absl::StrCat("has expired at ", Print(end));
  return "";
}

// Why OpenSSL refuses the chain for a server: weak keys, weak digests. Empty: accepted.
std::string WhyTooWeak(const std::vector<X509Pointer>& chain) {
  const std::unique_ptr<SSL_CTX, ContextDeleter> context(SSL_CTX_new(TLS_server_method()));
  ERR_clear_error();
  bool fits = SSL_CTX_use_certificate(context.get(), chain.front().get()) == 1;
  for (size_t i = 1; fits && i < chain.size(); ++i) {
    fits = SSL_CTX_add1_chain_cert(context.get(), chain[i].get()) == 1;
  }
  return fits ? "" : ReasonOfOpenSsl();
}

}  // namespace

absl::StatusOr<Certificates> ReadCertificateChain(const std::string& path) {
  const WallTime now = WallTime::clock::now();
  const absl::StatusOr<std::string> text = ReadSmallFile(path, kMaxBytes);
  if (!text.ok()) return text.status();
  absl::StatusOr<std::vector<X509Pointer>> list = ParsePemCertificates(*text);
  if (!list.ok()) return list.status();
  Certificates chain{*std::move(list), WallTime::max()};
  int number = 0;
  for (const X509Pointer& certificate : chain.list) {
    ++number;
    if (const std::string why = WhyInvalid(certificate.get(), now); !why.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "must hold certificates that are valid now: certificate ", number, " ", why));
    }
    chain.expiry = std::min(chain.expiry, ToTime(X509_get0_notAfter(certificate.get())));
  }
  if (const std::string why = WhyTooWeak(chain.list); !why.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("must hold certificates that OpenSSL accepts: ", why));
  }
  return chain;
}

absl::StatusOr<EvpKeyPointer> ReadPrivateKey(const std::string& path) {
  absl::StatusOr<std::string> text = ReadSmallFile(path, kMaxBytes);
  if (!text.ok()) return text.status();
  const bool has_passphrase = text->find("ENCRYPTED") != std::string::npos;
  const bool has_key = text->find("PRIVATE KEY-----") != std::string::npos;
  ERR_clear_error();
  const std::unique_ptr<BIO, BioDeleter> bio(
      BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  // OpenSSL's default callback would ask for a passphrase on the terminal.
  pem_password_cb* const no_passphrase = [](char*, int, int, void*) { return -1; };
  EvpKeyPointer key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  Wipe(*text);
  const std::string reason = key ? "" : ReasonOfOpenSsl();
  if (key) return key;
  if (has_passphrase) {
    return absl::InvalidArgumentError("must hold a PEM private key without a passphrase");
  }
  if (!has_key) {
    return absl::InvalidArgumentError(
        "must hold a PEM private key: there is no line -----BEGIN PRIVATE KEY-----");
  }
  return absl::InvalidArgumentError(
      absl::StrCat("must hold a PEM private key, which cannot be read: ", reason));
}

absl::StatusOr<Certificates> ReadClientCas(const std::string& path) {
  const WallTime now = WallTime::clock::now();
  const absl::StatusOr<std::string> text = ReadSmallFile(path, kMaxBytes);
  if (!text.ok()) return text.status();
  absl::StatusOr<std::vector<X509Pointer>> list = ParsePemCertificates(*text);
  if (!list.ok()) return list.status();
  Certificates cas{*std::move(list), WallTime::max()};
  std::string why;  // why the last invalid one is invalid
  for (const X509Pointer& certificate : cas.list) {
    why = WhyInvalid(certificate.get(), now);
    if (why.empty())
      cas.expiry = std::min(cas.expiry, ToTime(X509_get0_notAfter(certificate.get())));
  }
  if (cas.expiry == WallTime::max()) {
    return absl::InvalidArgumentError(
        absl::StrCat("must hold a CA certificate that is valid now: the last one ", why));
  }
  return cas;
}

}  // namespace modelgates::gateway
