#pragma once

#include <string>

namespace modelgates::gateway {

// docs/errors.md: the catalogue's table, and an entry for each reason, with the reason's name as
// its anchor.
std::string ErrorPage();

}  // namespace modelgates::gateway
