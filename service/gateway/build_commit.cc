#include "gateway/build_commit.h"

#include <build_commit_text.h>

namespace modelgates::gateway {

std::string_view BuildCommit() { return GATEWAY_COMMIT_TEXT; }

}  // namespace modelgates::gateway
