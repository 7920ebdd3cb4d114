#include "http/http.h"

#include <algorithm>

#include "base/text.h"

namespace modelgates::gateway {
namespace {

// Whether `text` has no space or tab at its ends and no `unfit` character. Plain ones never are.
template <class Unfit>
bool IsTrimmedWithout(std::string_view value, Unfit unfit) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  if (!value.empty() && (is_space(value.front()) || is_space(value.back()))) return false;
  return PlainPrefix(value) == value.size() || std::none_of(value.begin(), value.end(), unfit);
}

}  // namespace

HttpRequest::~HttpRequest() {
  Wipe(headers_);
  Wipe(body_);
}

bool HttpRequest::AddHeader(std::string_view name, std::string_view value) {
  if (!IsSendableHeaderValue(value)) return false;
  headers_.append(name).append(": ").append(value).append("\r\n");
  return true;
}

bool IsSendableHeaderValue(std::string_view value) {
  return IsTrimmedWithout(
      value, [](unsigned char c) { return c == '\r' || c == '\n' || c == '\0' || c > 0x7f; });
}

bool IsFieldValue(std::string_view value) {
  return IsTrimmedWithout(value,
                          [](unsigned char c) { return (c != '\t' && c < 0x20) || c >= 0x7f; });
}

bool MetStaleConnection(const HttpResult& result) {
  const auto* error = std::get_if<TransportError>(&result);
  return error != nullptr && error->stale_connection;
}

std::string_view CauseOf(const HttpResult& result) {
  const auto* error = std::get_if<TransportError>(&result);
  return error != nullptr ? std::string_view(error->cause) : std::string_view();
}

std::string_view ToString(FailureDetail detail) {
  switch (detail) {
    case FailureDetail::kNone:
      return "";
    case FailureDetail::kCertificateExpired:
      return "certificate_expired";
    case FailureDetail::kCertificateNotYetValid:
      return "certificate_not_yet_valid";
    case FailureDetail::kCertificateIssuer:
      return "certificate_issuer";
    case FailureDetail::kCertificateName:
      return "certificate_name";
    case FailureDetail::kCertificateOther:
      return "certificate_other";
    case FailureDetail::kRefused:
      return "connect_refused";
    case FailureDetail::kUnreachable:
      return "connect_unreachable";
    case FailureDetail::kNoDescriptors:
      return "no_descriptors";
    case FailureDetail::kProxyStatus:
      return "proxy_status";
    case FailureDetail::kNoHttp2:
      return "no_http2";
  }
  return "";
}

std::string_view ToString(TransportFailure failure) {
  switch (failure) {
    case TransportFailure::kDns:
      return "dns";
    case TransportFailure::kConnect:
      return "connect";
    case TransportFailure::kConnectTimeout:
      return "connect_timeout";
    case TransportFailure::kTls:
      return "tls";
    case TransportFailure::kTlsUntrusted:
      return "tls_untrusted";
    case TransportFailure::kRefusedStream:
      return "refused_stream";
    case TransportFailure::kReset:
      return "reset";
    case TransportFailure::kTruncated:
      return "truncated";
    case TransportFailure::kTimeout:
      return "timeout";
    case TransportFailure::kGarbage:
      return "garbage";
    case TransportFailure::kCancelled:
      return "cancelled";
    case TransportFailure::kProxyRefused:
      return "proxy_refused";
  }
  return "unknown";
}

}  // namespace modelgates::gateway
