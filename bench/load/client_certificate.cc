// Preloaded into h2load and nghttp, of which h2load has no option for a client certificate: every
// TLS context gets that of CLIENT_CERT_FILE and CLIENT_KEY_FILE.
#include <dlfcn.h>
#include <openssl/ssl.h>

#include <cstdio>
#include <cstdlib>

extern "C" SSL_CTX* SSL_CTX_new(const SSL_METHOD* method) {
  using New = SSL_CTX*(const SSL_METHOD*);
  static auto* const next = reinterpret_cast<New*>(dlsym(RTLD_NEXT, "SSL_CTX_new"));
  SSL_CTX* const context = next(method);
  if (SSL_CTX_use_certificate_chain_file(context, std::getenv("CLIENT_CERT_FILE")) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, std::getenv("CLIENT_KEY_FILE"), SSL_FILETYPE_PEM) != 1) {
    std::fputs("CLIENT_CERT_FILE and CLIENT_KEY_FILE cannot be used\n", stderr);
    std::abort();
  }
  return context;
}
