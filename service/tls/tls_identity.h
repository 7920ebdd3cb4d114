#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>

#include "base/secret.h"
#include "tls/tls_files.h"

namespace modelgates::gateway {

// Paths of the PEM files of a TLS server, named as their settings are.
struct TlsFiles {
  std::string tls_cert_file;
  std::string tls_key_file;
  std::string tls_client_ca_file;  // empty: clients are not authenticated
};

// What a TLS server proves itself with and whom it trusts: read, checked, and fit for handshakes.
struct TlsIdentity {
  // PEM, written from what was parsed, so that no other parser reads it differently.
  std::string certificate_chain;
  Secret private_key;
  std::string client_cas;  // empty: clients are not authenticated

  // When the first of the chain's certificates expires.
  WallTime chain_expiry;
  // When the first of the CAs that are valid expires; nullopt: there are none.
  std::optional<WallTime> client_cas_expiry;

  friend bool operator==(const TlsIdentity&, const TlsIdentity&) = default;
};

// Reads the files by the rules of tls_files.h; the key must be that of the chain's first
// certificate. Blocks. The error names the setting of the file that is wrong and the rule
// ("--tls_key_file must ..."), and says nothing of the content.
absl::StatusOr<TlsIdentity> ReadTlsIdentity(const TlsFiles& files);

}  // namespace modelgates::gateway
