#pragma once

#include <string_view>

#include "caller/caller_identity.h"

namespace modelgates::gateway {

// The caller that a proxy has verified, from the header x-forwarded-client-cert in Envoy's form:
// Hash=..;URI=..;DNS=.., with one element, as Envoy writes it with `forward_client_cert_details:
// SANITIZE_SET` and `uri` and `dns`. Its SPIFFE ID if that is the only URI name, else the first DNS
// name if there is no URI name. kNone: neither, or another form.
//
// Envoy does not escape names. So a URI name that is not a SPIFFE ID names nobody, because it could
// spell ";DNS=other.example"; a certificate's own SPIFFE ID and DNS names cannot.
CallerIdentity IdentityOfForwarded(std::string_view header);

}  // namespace modelgates::gateway
