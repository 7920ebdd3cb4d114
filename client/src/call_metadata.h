#pragma once

#include <string>
#include <utility>
#include <vector>

#include "modelgates/oauth/client.h"

namespace modelgates::oauth {

using Metadata = std::vector<std::pair<std::string, SecretText>>;

// The request metadata of one call. kFieldInvalid, naming all that is wrong, for texts that gRPC
// refuses by ending the program.
Result<Metadata> ToMetadata(const ClientOptions& client, const CallOptions& call);

}  // namespace modelgates::oauth
