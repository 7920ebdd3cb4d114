#pragma once

#include <string_view>

namespace modelgates::gateway {

// The commit that the program was built from, 12 digits, with "-dirty" when its sources differ from
// it; "unknown" without git.
std::string_view BuildCommit();

}  // namespace modelgates::gateway
