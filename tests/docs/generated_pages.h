#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace modelgates::gateway {

// The content of all pages with generated parts, by their paths below `root`: docs/errors.md as a
// whole, and every Markdown page at the root or in docs/ that has the markers
//
//   <!-- settings:begin -->
//   <!-- settings:end -->
//
// with the table of settings between them, or `metrics`, `log-events`, `log-fields` with
// theirs. The rest of such a page is as it is.
std::map<std::filesystem::path, std::string> GeneratedPages(const std::filesystem::path& root);

}  // namespace modelgates::gateway
