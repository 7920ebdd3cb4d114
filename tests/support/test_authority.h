#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace modelgates::gateway {

// A certificate with its key, in PEM. Of an intermediate authority's the chain up to its root.
struct TestIdentity {
  std::string certificate;
  std::string key;
};

// A certificate authority made at run time: a root, or one that another authority has certified.
class TestAuthority {
 public:
  struct Options {
    // As OpenSSL's subjectAltName: "DNS:localhost", "IP:127.0.0.1", "URI:spiffe://a.example/b".
    std::vector<std::string> names;
    // From now.
    std::chrono::seconds valid_from = -std::chrono::hours(24);
    std::chrono::seconds valid_until = std::chrono::hours(24);
    int rsa_bits = 0;  // 0: a key of P-256
  };

  TestAuthority();

  TestAuthority Intermediate() const;
  TestIdentity Issue(const Options& options) const;
  // The root's certificate in PEM; of an intermediate, its own.
  const std::string& pem() const { return pem_; }

 private:
  struct KeyDeleter {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  struct CertificateDeleter {
    void operator()(X509* certificate) const { X509_free(certificate); }
  };
  using Key = std::unique_ptr<EVP_PKEY, KeyDeleter>;
  using Certificate = std::unique_ptr<X509, CertificateDeleter>;

  explicit TestAuthority(const TestAuthority* issuer);
  static Certificate Make(const std::string& common_name, EVP_PKEY* key, const Options& options);
  static void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value);
  static void Sign(X509* certificate, X509* issuer, EVP_PKEY* key);

  Key key_;
  Certificate certificate_;
  std::string pem_;
  std::string chain_;  // what is sent after a certificate that this issues
};

}  // namespace modelgates::gateway
