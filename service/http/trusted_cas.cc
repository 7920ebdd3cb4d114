#include "http/trusted_cas.h"

#include <openssl/x509_vfy.h>

#include <new>
#include <vector>

#include "base/pem_certificates.h"
#include "base/small_file.h"

namespace modelgates::gateway {

TrustedCas::TrustedCas() : store_(X509_STORE_new(), X509_STORE_free) {
  if (!store_) throw std::bad_alloc();
  // Like libcurl: an intermediate certificate in the file is trusted by itself.
  X509_STORE_set_flags(store_.get(), X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
}

absl::StatusOr<TrustedCas> TrustedCas::Read(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadSmallFile(path, 16 << 20);
  if (!text.ok()) return text.status();
  TrustedCas cas;
  cas.pem_ = *text;  // a copy, because the buffer of `text` is as large as the bound
  absl::StatusOr<std::vector<X509Pointer>> certificates = ParsePemCertificates(cas.pem_);
  if (!certificates.ok()) return certificates.status();
  for (const X509Pointer& certificate : *certificates) {
    if (X509_STORE_add_cert(cas.store_.get(), certificate.get()) != 1) {
      return absl::InvalidArgumentError("must hold certificates that OpenSSL accepts");
    }
  }
  return cas;
}

}  // namespace modelgates::gateway
