#pragma once

#include <grpc/grpc_security.h>
#include <grpcpp/security/server_credentials.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "base/time.h"
#include "tls/tls_identity.h"

namespace modelgates::gateway {

// TLS of gRPC's server, version 1.2 or later. The identity can be replaced while the server runs:
// gRPC's C API calls a certificate fetcher at the start of each handshake. Existing connections
// keep their identity.
//
// If the identity has client CAs, every client must have a certificate of one of them. A new
// identity must have client CAs if and only if the first one has.
//
// Any thread. Must outlive the server.
class TlsCredentials final : public grpc::ServerCredentials {
 public:
  struct Options {
    // A resumed TLS session does not verify the client's certificate again. A new context ends all
    // sessions; it is made for each identity, and after this time.
    Duration sessions_end_after = std::chrono::hours(1);
  };

  TlsCredentials(TlsIdentity identity, const Options& options);

  // Sets the identity for new handshakes. False: it has not changed.
  bool Use(TlsIdentity identity);

  // Required by the interface; not used.
  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override;
  static grpc_ssl_certificate_config_reload_status Fetch(
      void* self, grpc_ssl_server_certificate_config** config);

  const Options options_;
  std::mutex mutex_;  // guards what follows
  TlsIdentity identity_;
  bool is_new_ = true;  // gRPC does not have it yet
  TimePoint given_{};   // when gRPC was given it
};

}  // namespace modelgates::gateway
