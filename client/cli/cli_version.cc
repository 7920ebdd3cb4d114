#include "cli_version.h"

#include <build_commit_text.h>

namespace modelgates::oauth::cli {

std::string VersionLine() { return "modelgates-oauth " CLI_VERSION " (" GATEWAY_COMMIT_TEXT ")"; }

}  // namespace modelgates::oauth::cli
