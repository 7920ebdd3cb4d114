#pragma once

#include <absl/status/statusor.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace modelgates::gateway {

// The certificate authorities of a PEM file, ready for verification. Empty trusts nobody.
class TrustedCas {
 public:
  TrustedCas();

  // Any thread. The rules are those of ParsePemCertificates; an error follows the path.
  static absl::StatusOr<TrustedCas> Read(const std::string& path);

  X509_STORE* store() const { return store_.get(); }

  // By the file's text.
  friend bool operator==(const TrustedCas& a, const TrustedCas& b) { return a.pem_ == b.pem_; }

 private:
  std::string pem_;
  std::shared_ptr<X509_STORE> store_;
};

}  // namespace modelgates::gateway
