#pragma once

#include <string>

namespace modelgates::sandbox {

// Program, version and commit, as "oauth-sandbox 1.2.3 (0123456789ab)".
std::string VersionLine();

}  // namespace modelgates::sandbox
