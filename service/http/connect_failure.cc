#include "http/connect_failure.h"

#include <openssl/x509_vfy.h>

#include <cerrno>

namespace modelgates::gateway {
namespace {

constexpr long kProxyWantsAuthentication = 407;

TransportFailure ToFailure(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return TransportFailure::kDns;
    case CURLE_OPERATION_TIMEDOUT:
      return TransportFailure::kConnectTimeout;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_CACERT_BADFILE:
      return TransportFailure::kTlsUntrusted;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_USE_SSL_FAILED:
      return TransportFailure::kTls;
    default:  // refused, unreachable, refused by a proxy, and new codes of libcurl
      return TransportFailure::kConnect;
  }
}

// The status of the proxy's answer to CONNECT; 0: no answer.
long ProxyStatus(CURL* easy) {
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &status);
  return status;
}

// Which check of the peer's certificate failed. libcurl itself compares names, after OpenSSL has
// found the certificate valid and before it asks OpenSSL for its result.
FailureDetail CertificateDetail(CURL* easy) {
  long result = X509_V_OK;
  curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &result);
  switch (result) {
    case X509_V_OK:
    case X509_V_ERR_UNSPECIFIED:
      return FailureDetail::kCertificateName;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return FailureDetail::kCertificateExpired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return FailureDetail::kCertificateNotYetValid;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return FailureDetail::kCertificateIssuer;
    default:
      return FailureDetail::kCertificateOther;
  }
}

FailureDetail ConnectDetail(CURL* easy, int error) {
  if (ProxyStatus(easy) >= 300) return FailureDetail::kProxyStatus;
  switch (error) {
    case ECONNREFUSED:
      return FailureDetail::kRefused;
    case ENETUNREACH:
    case EHOSTUNREACH:
      return FailureDetail::kUnreachable;
    case EMFILE:
    case ENFILE:
      return FailureDetail::kNoDescriptors;
    default:
      return FailureDetail::kNone;
  }
}

}  // namespace

int ErrnoOf(CURL* easy) {
  long error = 0;
  curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &error);
  return static_cast<int>(error);
}

ConnectFailure ToConnectFailure(CURL* easy, CURLcode code, std::string_view words) {
  ConnectFailure failure{ToFailure(code), std::string(words)};
  if (ProxyStatus(easy) == kProxyWantsAuthentication) {
    failure.failure = TransportFailure::kProxyRefused;
  }
  if (failure.failure == TransportFailure::kTlsUntrusted) {
    failure.detail = CertificateDetail(easy);
  } else if (failure.failure == TransportFailure::kConnect) {
    failure.detail = ConnectDetail(easy, ErrnoOf(easy));
  }
  return failure;
}

}  // namespace modelgates::gateway
