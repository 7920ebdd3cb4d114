#include "base/locked_memory.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace modelgates::gateway {
namespace {

// The kernel's flags of the mapping that `block` is in, as /proc/self/smaps names them ("lo":
// locked, "dd": not in core dumps), each between spaces.
std::string FlagsOf(const void* block) {
  const auto address = reinterpret_cast<uintptr_t>(block);
  std::ifstream maps("/proc/self/smaps");
  bool within = false;
  for (std::string line; std::getline(maps, line);) {
    uintptr_t begin = 0;
    uintptr_t end = 0;
    char dash = 0;
    std::istringstream range(line);
    if (range >> std::hex >> begin >> dash >> end && dash == '-') {
      within = begin <= address && address < end;
    }
    if (within && line.starts_with("VmFlags:")) return line + " ";
  }
  return "";
}

struct Warnings {
  std::vector<int> errors;
  LockedMemory::OnUnlocked Sink() {
    return [this](int error) { errors.push_back(error); };
  }
};

int Refuse(const void* /*start*/, size_t /*bytes*/) {
  errno = ENOMEM;
  return -1;
}

// Stands in for mlock where the limit of the machine that runs the test would decide.
int Allow(const void* /*start*/, size_t /*bytes*/) { return 0; }

TEST(LockedMemory, IsLockedAndStaysOutOfCoreDumps) {
  Warnings warnings;
  LockedMemory memory(warnings.Sink());
  for (const size_t bytes : {size_t{1}, size_t{100}, size_t{5000}, size_t{256 * 1024}}) {
    void* const block = memory.allocate(bytes);
    std::memset(block, 'x', bytes);
    EXPECT_NE(FlagsOf(block).find(" dd "), std::string::npos) << bytes;
    if (warnings.errors.empty()) {
      EXPECT_NE(FlagsOf(block).find(" lo "), std::string::npos) << bytes;
    }
    memory.deallocate(block, bytes);
  }
}

TEST(LockedMemory, ServesUnlockedAndSaysSoOnceWhenTheLimitForbids) {
  Warnings warnings;
  LockedMemory memory(warnings.Sink(), Refuse);
  for (int i = 0; i < 10; ++i) {
    void* const block = memory.allocate(100'000);
    std::memset(block, 'x', 100'000);
    EXPECT_NE(FlagsOf(block).find(" dd "), std::string::npos);
    memory.deallocate(block, 100'000);
  }
  EXPECT_EQ(warnings.errors, std::vector<int>{ENOMEM});
}

TEST(LockedMemory, SmallBlocksShareTheirPages) {
  static int locks = 0;
  locks = 0;
  LockedMemory memory(nullptr, [](const void* start, size_t bytes) {
    ++locks;
    return Allow(start, bytes);
  });
  std::vector<void*> blocks;
  for (int i = 0; i < 1000; ++i) blocks.push_back(memory.allocate(200));
  EXPECT_LT(locks, 100);
  for (void* block : blocks) memory.deallocate(block, 200);
}

}  // namespace
}  // namespace modelgates::gateway
