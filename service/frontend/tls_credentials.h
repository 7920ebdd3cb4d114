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

// TLS of gRPC's server, 1.2 at least, with an identity that can be replaced while it serves: by the
// certificate fetcher of gRPC's C API, which asks at the beginning of each handshake. Connections
// that exist keep the identity they were made with.
//
// An identity with CAs of clients requires every client to have a certificate of one of them. That
// it has CAs or has none must not change.
//
// Any thread. Must outlive the server.
class TlsCredentials final : public grpc::ServerCredentials {
 public:
  struct Options {
    // A client may resume a session without its certificate being looked at, until the server has
    // another context: it gets one with each identity, and after this time.
    Duration sessions_end_after = std::chrono::hours(1);
  };

  TlsCredentials(TlsIdentity identity, const Options& options);

  // For handshakes from now on. False: it is in use already.
  bool Use(TlsIdentity identity);

  // Nobody uses one here.
  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override;
  static grpc_ssl_certificate_config_reload_status Fetch(
      void* self, grpc_ssl_server_certificate_config** config);

  const Options options_;
  std::mutex mutex_;  // guards all below
  TlsIdentity identity_;
  bool is_new_ = true;  // gRPC does not have it yet
  TimePoint given_{};   // when gRPC was given it
};

}  // namespace modelgates::gateway
