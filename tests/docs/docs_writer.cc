#include <cstdio>
#include <fstream>

#include "docs/generated_pages.h"

// Writes what is generated of the documentation: docs-writer ROOT. scripts/docs runs it.

namespace {

namespace fs = std::filesystem;

int Write(const fs::path& root) {
  for (const auto& [path, text] : modelgates::gateway::GeneratedPages(root)) {
    std::ofstream file(root / path, std::ios::trunc);
    file << text << std::flush;
    if (!file) {
      std::fprintf(stderr, "docs-writer: cannot write %s\n", path.c_str());
      return 1;
    }
    std::printf("%s\n", path.c_str());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2) return Write(argv[1]);
  std::fputs("usage: docs-writer ROOT\n", stderr);
  return 2;
}
