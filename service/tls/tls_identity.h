#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>

#include "base/secret.h"
#include "tls/tls_files.h"

namespace modelgates::gateway {

// Paths of the PEM files of a TLS server, named like their settings.
struct TlsFiles {
  std::string tls_cert_file;
  std::string tls_key_file;
  std::string tls_client_ca_file;  // empty: clients are not authenticated
};

// The certificate and key of a TLS server, and the client CAs it trusts; read and checked.
struct TlsIdentity {
  // PEM, written from the parsed certificates, so that no other parser can read it differently.
  std::string certificate_chain;
  Secret private_key;
  std::string client_cas;  // empty: clients are not authenticated

  // The earliest expiry of the chain's certificates.
  WallTime chain_expiry;
  // The earliest expiry of the valid CAs; nullopt: there are no CAs.
  std::optional<WallTime> client_cas_expiry;

  friend bool operator==(const TlsIdentity&, const TlsIdentity&) = default;
};

// Reads the files by the rules of tls_files.h; the key must belong to the chain's first
// certificate. Blocks. The error names the setting of the wrong file and the rule
// ("--tls_key_file must ..."), and contains nothing of the file.
absl::StatusOr<TlsIdentity> ReadTlsIdentity(const TlsFiles& files);

}  // namespace modelgates::gateway
