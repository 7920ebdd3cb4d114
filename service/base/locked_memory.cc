#include "base/locked_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <utility>

namespace modelgates::gateway {
namespace {

// Larger blocks have their own pages, which are unmapped when the block is freed.
constexpr size_t kLargestShared = 4096;
constexpr size_t kMostBlocksPerChunk = 64;

size_t WholePages(size_t bytes) {
  static const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

}  // namespace

LockedMemory::LockedMemory(OnUnlocked on_unlocked, Lock lock)
    : pages_(std::move(on_unlocked), lock), pool_({kMostBlocksPerChunk, kLargestShared}, &pages_) {}

int LockedMemory::LockPages(const void* start, size_t bytes) {
  // Not mlock, which the sanitizers replace by a function without effect.
  return mlock2(start, bytes, 0);
}

LockedMemory::Pages::Pages(OnUnlocked on_unlocked, Lock lock)
    : on_unlocked_(std::move(on_unlocked)), lock_(lock) {}

void* LockedMemory::Pages::do_allocate(size_t bytes, size_t /*alignment*/) {
  const size_t size = WholePages(bytes);
  void* const block =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED) throw std::bad_alloc();
  // Both are additional protection, so a refusal of the kernel is not an error.
  madvise(block, size, MADV_DONTDUMP);
  if (lock_(block, size) != 0 && on_unlocked_) std::exchange(on_unlocked_, nullptr)(errno);
  return block;
}

void LockedMemory::Pages::do_deallocate(void* block, size_t bytes, size_t /*alignment*/) {
  munmap(block, WholePages(bytes));
}

}  // namespace modelgates::gateway
