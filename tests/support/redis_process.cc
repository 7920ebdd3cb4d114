#include "support/redis_process.h"

#include <openssl/pem.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "support/loopback.h"

namespace modelgates::gateway {

void WriteServerPem(const std::string& path, const TestCertificate& certificate) {
  SSL_CTX* const context = certificate.server_context();
  FILE* const file = std::fopen(path.c_str(), "w");
  if (file == nullptr) throw std::runtime_error("cannot write " + path);
  PEM_write_X509(file, SSL_CTX_get0_certificate(context));
  PEM_write_PrivateKey(file, SSL_CTX_get0_privatekey(context), nullptr, nullptr, 0, nullptr,
                       nullptr);
  std::fclose(file);
}

RedisProcess::RedisProcess(std::vector<std::string> options, const TestCertificate* certificate)
    : options_(std::move(options)), tls_(certificate != nullptr) {
  if (tls_) {
    const std::string pem = folder_ / "server.pem";
    WriteServerPem(pem, *certificate);
    options_.insert(options_.end(),
                    {"--tls-cert-file", pem, "--tls-key-file", pem, "--tls-ca-cert-file",
                     certificate->ca_file(), "--tls-auth-clients", "no"});
  }
  for (int attempt = 0; attempt < 5; ++attempt) {
    port_ = FreePort();
    if (Start()) return;
  }
  throw std::runtime_error("redis-server does not start: " + process_->out() + process_->err());
}

std::string RedisProcess::url(const std::string& login) const {
  return (tls_ ? "rediss://" : "redis://") + login + "127.0.0.1:" + std::to_string(port_);
}

bool RedisProcess::Start(const std::vector<std::string>& more) {
  const std::string program = FindTool("redis-server");
  if (program.empty()) throw std::runtime_error("no redis-server: run scripts/setup");
  const std::string port = std::to_string(port_);
  std::vector<std::string> args = {
      program, "--bind",       "127.0.0.1", "--dir",  folder_.path(),   "--save",
      "",      "--appendonly", "no",        "--port", tls_ ? "0" : port};
  if (tls_) args.insert(args.end(), {"--tls-port", port});
  args.insert(args.end(), options_.begin(), options_.end());
  args.insert(args.end(), more.begin(), more.end());
  process_ = std::make_unique<Subprocess>(args);
  return process_->WaitForOutput([](const std::string& out) {
    return out.find("Ready to accept connections") != std::string::npos;
  });
}

void RedisProcess::Kill() { process_.reset(); }

void RedisProcess::StartAgain(const std::vector<std::string>& more) {
  if (!Start(more)) throw std::runtime_error("redis-server does not start again");
}

size_t RedisProcess::promotions() const {
  constexpr std::string_view kPromoted = "MASTER MODE enabled";
  const std::string out = process_ == nullptr ? "" : process_->out();
  size_t count = 0;
  for (size_t at = out.find(kPromoted); at != out.npos; at = out.find(kPromoted, at + 1)) ++count;
  return count;
}

void RedisProcess::Pause() { process_->Signal(SIGSTOP); }

void RedisProcess::Continue() { process_->Signal(SIGCONT); }

}  // namespace modelgates::gateway
