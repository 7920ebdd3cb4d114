#pragma once

#include <google/rpc/status.pb.h>

#include <string>
#include <string_view>
#include <vector>

namespace modelgates::gateway {

// Every text of a status: its message, and all texts and names within its details.
std::vector<std::string> TextsOf(const google::rpc::Status& status);

// Whether eight letters and digits of `secret` can be found in `text` after any decoding: tries
// one decoding after the other, six deep. Shares no code with the redaction of the
// gateway.
bool CanRead(std::string_view text, std::string_view secret);

}  // namespace modelgates::gateway
