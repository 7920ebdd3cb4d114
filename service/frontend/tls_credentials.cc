#include "frontend/tls_credentials.h"

#include <utility>

namespace modelgates::gateway {

TlsCredentials::TlsCredentials(TlsIdentity identity, const Options& options)
    : options_(options), identity_(std::move(identity)) {}

bool TlsCredentials::Use(TlsIdentity identity) {
  const std::lock_guard lock(mutex_);
  if (identity == identity_) return false;
  identity_ = std::move(identity);
  is_new_ = true;
  return true;
}

int TlsCredentials::AddPortToServer(const std::string& address, grpc_server* server) {
  const bool has_cas = !identity_.client_cas.empty();
  grpc_server_credentials* const credentials = grpc_ssl_server_credentials_create_with_options(
      grpc_ssl_server_credentials_create_options_using_config_fetcher(
          has_cas ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                  : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE,
          &Fetch, this));
  const int port = grpc_server_add_http2_port(server, address.c_str(), credentials);
  grpc_server_credentials_release(credentials);
  return port;
}

// If gRPC cannot use the new identity, it keeps its previous context.
grpc_ssl_certificate_config_reload_status TlsCredentials::Fetch(
    void* self, grpc_ssl_server_certificate_config** config) {
  auto& me = *static_cast<TlsCredentials*>(self);
  const TimePoint now = TimePoint::clock::now();
  const std::lock_guard lock(me.mutex_);
  if (!me.is_new_ && now - me.given_ < me.options_.sessions_end_after) {
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
  }
  const TlsIdentity& identity = me.identity_;
  // The string's terminating NUL follows the view.
  const grpc_ssl_pem_key_cert_pair pair{identity.private_key.Reveal().data(),
                                        identity.certificate_chain.c_str()};
  // gRPC 1.51 requires CAs here, also if client certificates are not verified.
  const bool has_cas = !identity.client_cas.empty();
  *config = grpc_ssl_server_certificate_config_create(
      has_cas ? identity.client_cas.c_str() : pair.cert_chain, &pair, 1);
  me.is_new_ = false;
  me.given_ = now;
  return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
}

}  // namespace modelgates::gateway
