#pragma once

#include <string>

namespace modelgates::oauth::cli {

// Program, version and commit, as "modelgates-oauth 1.2.3 (0123456789ab)".
std::string VersionLine();

}  // namespace modelgates::oauth::cli
