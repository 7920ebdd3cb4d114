#pragma once

#include <absl/status/statusor.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace modelgates::gateway {

// The CA certificates of a PEM file, parsed for verification. Empty: nothing is trusted.
class TrustedCas {
 public:
  TrustedCas();

  // Reads the file; any thread. Rules as ParsePemCertificates; the error message is printed after
  // the path.
  static absl::StatusOr<TrustedCas> Read(const std::string& path);

  X509_STORE* store() const { return store_.get(); }

  // By the file's text.
  friend bool operator==(const TrustedCas& a, const TrustedCas& b) { return a.pem_ == b.pem_; }

 private:
  std::string pem_;
  std::shared_ptr<X509_STORE> store_;
};

}  // namespace modelgates::gateway
