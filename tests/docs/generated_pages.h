#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace modelgates::gateway {

// What the pages with generated parts have to hold, by their paths below `root`: docs/errors.md as
// a whole, and every Markdown page at the root or in docs/ with the markers
//
//   <!-- settings:begin -->
//   <!-- settings:end -->
//
// with the table of settings between them, the rest of it as it is.
std::map<std::filesystem::path, std::string> GeneratedPages(const std::filesystem::path& root);

}  // namespace modelgates::gateway
