#pragma once

#include <cstddef>
#include <functional>
#include <memory_resource>

namespace modelgates::gateway {

// Memory for secrets that are kept for a time: locked, so that it is never written to swap, and
// excluded from core dumps. Small blocks share pages, large ones have their own. Users wipe a block
// before they free it. One thread at a time.
class LockedMemory final : public std::pmr::memory_resource {
 public:
  // Called once, with errno, when memory cannot be locked, most likely because of RLIMIT_MEMLOCK.
  // Unlocked memory is then used; it is still excluded from core dumps.
  using OnUnlocked = std::function<void(int error)>;
  // mlock(2), or its replacement in a test.
  using Lock = int (*)(const void* start, size_t bytes);

  explicit LockedMemory(OnUnlocked on_unlocked, Lock lock = LockPages);

 private:
  static int LockPages(const void* start, size_t bytes);

  // Whole pages, one mapping for each block.
  class Pages final : public std::pmr::memory_resource {
   public:
    Pages(OnUnlocked on_unlocked, Lock lock);

   private:
    void* do_allocate(size_t bytes, size_t alignment) override;
    void do_deallocate(void* block, size_t bytes, size_t alignment) override;
    bool do_is_equal(const memory_resource& other) const noexcept override {
      return this == &other;
    }

    OnUnlocked on_unlocked_;  // empty once it was called
    const Lock lock_;
  };

  void* do_allocate(size_t bytes, size_t alignment) override {
    return pool_.allocate(bytes, alignment);
  }
  void do_deallocate(void* block, size_t bytes, size_t alignment) override {
    pool_.deallocate(block, bytes, alignment);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  Pages pages_;
  std::pmr::unsynchronized_pool_resource pool_;
};

}  // namespace modelgates::gateway
