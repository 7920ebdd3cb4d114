#pragma once

#include <google/rpc/status.pb.h>

#include <string>
#include <string_view>
#include <vector>

namespace modelgates::gateway {

// Every text of a status: its message, and all texts and names within its details.
std::vector<std::string> TextsOf(const google::rpc::Status& status);

// Whether somebody who knows how texts are escaped and encoded finds eight letters and digits of
// `secret` in `text`. Tries one decoding after the other, six deep; shares no code with what hides
// secrets.
bool CanRead(std::string_view text, std::string_view secret);

}  // namespace modelgates::gateway
