#include "sandbox/sandbox_version.h"

#include <build_commit_text.h>

namespace modelgates::sandbox {

std::string VersionLine() { return "oauth-sandbox " SANDBOX_VERSION " (" GATEWAY_COMMIT_TEXT ")"; }

}  // namespace modelgates::sandbox
