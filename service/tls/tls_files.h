#pragma once

#include <absl/status/statusor.h>
#include <openssl/evp.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/pem_certificates.h"

namespace modelgates::gateway {

// Reads the PEM files of a TLS server and checks each by itself. An error is the violated rule, to
// be printed after the path ("must hold ..."), and contains nothing of the file.

// For the dates of certificates.
using WallTime = std::chrono::system_clock::time_point;

struct EvpKeyDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using EvpKeyPointer = std::unique_ptr<EVP_PKEY, EvpKeyDeleter>;

struct Certificates {
  std::vector<X509Pointer> list;  // at least one, in the order of the file
  // The earliest expiry of the valid ones.
  WallTime expiry;
};

// A certificate and its intermediate certificates. All must be valid now and satisfy OpenSSL's
// security level.
absl::StatusOr<Certificates> ReadCertificateChain(const std::string& path);

// A private key without a passphrase.
absl::StatusOr<EvpKeyPointer> ReadPrivateKey(const std::string& path);

// CA certificates. At least one must be valid now: a bundle may contain expired ones.
absl::StatusOr<Certificates> ReadClientCas(const std::string& path);

}  // namespace modelgates::gateway
