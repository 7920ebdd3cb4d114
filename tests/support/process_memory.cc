#include "support/process_memory.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

namespace modelgates::gateway {
namespace {

struct Mapping {
  size_t begin = 0;
  size_t end = 0;
  bool dumped = false;
};

std::vector<Mapping> MappingsOf(pid_t pid) {
  std::vector<Mapping> mappings;
  std::ifstream smaps("/proc/" + std::to_string(pid) + "/smaps");
  for (std::string line; std::getline(smaps, line);) {
    Mapping mapping;
    char access[5] = {};
    if (std::sscanf(line.c_str(), "%zx-%zx %4s", &mapping.begin, &mapping.end, access) == 3) {
      mapping.dumped = access[0] == 'r';
      mappings.push_back(mapping);
    } else if (line.starts_with("VmFlags:") && line.find(" dd") != std::string::npos) {
      mappings.back().dumped = false;
    }
  }
  return mappings;
}

}  // namespace

bool ReadDumpableMemory(pid_t pid, const std::function<void(std::string_view piece)>& read) {
  constexpr size_t kPiece = 1024 * 1024;
  constexpr size_t kOverlap = 256;
  const int memory = open(("/proc/" + std::to_string(pid) + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  if (memory < 0) return false;
  std::string piece(kPiece, '\0');
  bool any = false;
  for (const Mapping& mapping : MappingsOf(pid)) {
    if (!mapping.dumped) continue;
    for (size_t at = mapping.begin; at < mapping.end; at += kPiece - kOverlap) {
      const ssize_t got =
          pread(memory, piece.data(), std::min(kPiece, mapping.end - at), static_cast<off_t>(at));
      if (got <= 0) break;  // the kernel's own pages cannot be read
      any = true;
      read({piece.data(), static_cast<size_t>(got)});
    }
  }
  close(memory);
  return any;
}

}  // namespace modelgates::gateway
