#pragma once

#include <absl/status/statusor.h>
#include <openssl/x509.h>

#include <memory>
#include <string_view>
#include <vector>

namespace modelgates::gateway {

struct X509Deleter {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using X509Pointer = std::unique_ptr<X509, X509Deleter>;

// The certificates of a PEM text (RFC 7468), at least one, in their order.
//
// Stricter than OpenSSL's loading, which skips what it does not recognize: every BEGIN and END
// mark must be alone in its line and have its counterpart, and every certificate between them must
// parse. Lines that begin with '#', text between blocks and blocks of other types are ignored.
//
// Error: InvalidArgument. Its message names the wrong block or line and the reason, to be printed
// after the file's name ("must hold PEM certificates: ..."), and has nothing of the content.
absl::StatusOr<std::vector<X509Pointer>> ParsePemCertificates(std::string_view text);

}  // namespace modelgates::gateway
