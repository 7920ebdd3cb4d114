// Replaces SSL_do_handshake in the program that this file is linked into. gRPC performs handshakes
// by that function; failed ones are reported with their peer and OpenSSL's reason
// (handshake_watch.h).

#include <dlfcn.h>

#include "tls/handshake_watch.h"

extern "C" [[gnu::visibility("default")]] int SSL_do_handshake(SSL* ssl) {
  static const auto next = reinterpret_cast<int (*)(SSL*)>(dlsym(RTLD_NEXT, "SSL_do_handshake"));
  const int result = next(ssl);
  modelgates::gateway::ReportHandshake(ssl, result);
  return result;
}
