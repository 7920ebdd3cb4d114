#include "frontend/caller_tls.h"

#include <string>
#include <utility>

#include "telemetry/port_metrics.h"
#include "tls/tls_identity.h"

namespace modelgates::gateway {
namespace {

ReloadedFile<TlsIdentity>::Options ToOptions(const TlsFiles& files) {
  ReloadedFile<TlsIdentity>::Options options{
      .path = files.tls_cert_file, .setting = "tls_cert_file", .more_paths = {files.tls_key_file}};
  if (!files.tls_client_ca_file.empty()) options.more_paths.push_back(files.tls_client_ca_file);
  return options;
}

}  // namespace

CallerTls::CallerTls(const Config& config, EventLoop& loop, Metrics& metrics,
                     ReloadObserver* reloads)
    : metrics_(metrics) {
  if (config.tls_cert_file.empty()) return;
  const TlsFiles files{config.tls_cert_file, config.tls_key_file, config.tls_client_ca_file};
  absl::StatusOr<TlsIdentity> identity = ReadTlsIdentity(files);
  if (!identity.ok()) {
    status_ = absl::UnavailableError(identity.status().message());
    return;
  }
  ShowExpiry(*identity);
  credentials_ = std::make_shared<TlsCredentials>(*std::move(identity), TlsCredentials::Options());
  files_.emplace(
      loop, ToOptions(files), [files](const std::string&) { return ReadTlsIdentity(files); },
      [this](TlsIdentity changed) { return Use(std::move(changed)); }, reloads);
  files_->Watch();
}

std::shared_ptr<grpc::ServerCredentials> CallerTls::credentials() const {
  if (credentials_ != nullptr) return credentials_;
  return grpc::InsecureServerCredentials();
}

bool CallerTls::Use(TlsIdentity identity) {
  ShowExpiry(identity);
  return credentials_->Use(std::move(identity));
}

void CallerTls::ShowExpiry(const TlsIdentity& identity) {
  using TlsFile = PortMetrics::TlsFile;
  metrics_.port().SetCertificateExpiry(TlsFile::kCertificate, identity.chain_expiry);
  if (identity.client_cas_expiry) {
    metrics_.port().SetCertificateExpiry(TlsFile::kClientCa, *identity.client_cas_expiry);
  }
}

}  // namespace modelgates::gateway
