#pragma once

#include <absl/status/statusor.h>
#include <openssl/evp.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/pem_certificates.h"

namespace modelgates::gateway {

// The PEM files of a TLS server, each read and checked by itself. Every error is a rule, fit to
// follow the path ("must hold ..."), and says nothing of the content.

// Certificates have dates.
using WallTime = std::chrono::system_clock::time_point;

struct EvpKeyDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using EvpKeyPointer = std::unique_ptr<EVP_PKEY, EvpKeyDeleter>;

struct Certificates {
  std::vector<X509Pointer> list;  // at least one, in the order of the file
  // When the first of those that are valid expires.
  WallTime expiry;
};

// A certificate and the intermediate ones after it, each valid now, and strong enough for OpenSSL's
// security level.
absl::StatusOr<Certificates> ReadCertificateChain(const std::string& path);

// A private key without a passphrase.
absl::StatusOr<EvpKeyPointer> ReadPrivateKey(const std::string& path);

// Certificates of authorities, at least one of them valid now: a bundle keeps old ones.
absl::StatusOr<Certificates> ReadClientCas(const std::string& path);

}  // namespace modelgates::gateway
