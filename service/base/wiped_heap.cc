// Replaces free and operator delete of the program that this is linked into: memory is overwritten
// when it is freed. gRPC, protobuf, TLS and coroutine frames copy bearers, codes, verifiers and
// keys, and free them without wiping; freed memory would stay readable in a core until it is used
// again. The cost is a memset of every allocation (docs/adr/0024).

#include <malloc.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

#ifdef GATEWAY_MIMALLOC
#include <mimalloc.h>
#else
extern "C" void __libc_free(void* block);  // NOLINT(bugprone-reserved-identifier): glibc's name
#endif

namespace {

// Of any alignment.
using Vector [[gnu::vector_size(16), gnu::may_alias, gnu::aligned(1)]] = char;

// Not memset, which is optimized for long blocks: most blocks are short.
void Overwrite(void* block, std::size_t size) {
  auto* at = static_cast<Vector*>(block);
  for (; size >= 8 * sizeof(Vector); size -= 8 * sizeof(Vector), at += 8) {
    at[0] = at[1] = at[2] = at[3] = at[4] = at[5] = at[6] = at[7] = Vector{};
    asm volatile("" : : : "memory");  // keeps the compiler from removing it or calling memset
  }
  for (; size >= sizeof(Vector); size -= sizeof(Vector)) {
    *at++ = Vector{};
    asm volatile("" : : : "memory");
  }
  if (size == sizeof(std::uint64_t)) {  // the most frequent remainder
    std::memset(at, 0, sizeof(std::uint64_t));
  } else if (size > 0) {
    std::memset(at, 0, size);
  }
  asm volatile("" : : : "memory");
}

void Free(void* block) {
#ifdef GATEWAY_MIMALLOC
  mi_free(block);
#else
  __libc_free(block);
#endif
}

// Asking the allocator for the size costs as much as freeing, so a known size is passed on.
void FreeSized(void* block, std::size_t size) {
  if (block == nullptr) return;
  Overwrite(block, size);
  Free(block);
}

}  // namespace

extern "C" void free(void* block) noexcept {
  if (block == nullptr) return;
#ifdef GATEWAY_MIMALLOC
  Overwrite(block, mi_usable_size(block));
#else
  Overwrite(block, malloc_usable_size(block));
#endif
  Free(block);
}

// Every form, because an allocator may define forms that do not call free.
void operator delete(void* block) noexcept { free(block); }
void operator delete[](void* block) noexcept { free(block); }
void operator delete(void* block, std::size_t size) noexcept { FreeSized(block, size); }
void operator delete[](void* block, std::size_t size) noexcept { FreeSized(block, size); }
void operator delete(void* block, std::align_val_t) noexcept { free(block); }
void operator delete[](void* block, std::align_val_t) noexcept { free(block); }
void operator delete(void* block, std::size_t size, std::align_val_t) noexcept {
  FreeSized(block, size);
}
void operator delete[](void* block, std::size_t size, std::align_val_t) noexcept {
  FreeSized(block, size);
}
void operator delete(void* block, const std::nothrow_t&) noexcept { free(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { free(block); }
void operator delete(void* block, std::align_val_t, const std::nothrow_t&) noexcept { free(block); }
void operator delete[](void* block, std::align_val_t, const std::nothrow_t&) noexcept {
  free(block);
}
