#include "support/allocation_counter.h"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

thread_local uint64_t allocations = 0;

void* OrThrow(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

// The library defines the forms for arrays and with nothrow in terms of these.

void* operator new(size_t size) {
  ++allocations;
  return OrThrow(std::malloc(size));
}

void* operator new(size_t size, std::align_val_t alignment) {
  ++allocations;
  const auto align = static_cast<size_t>(alignment);
  // aligned_alloc takes multiples of the alignment only.
  return OrThrow(std::aligned_alloc(align, (size + align - 1) / align * align));
}

void operator delete(void* memory) noexcept { std::free(memory); }

void operator delete(void* memory, size_t) noexcept { std::free(memory); }

void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }

void operator delete(void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }

namespace modelgates::gateway {

uint64_t AllocationsSoFar() { return allocations; }

}  // namespace modelgates::gateway
