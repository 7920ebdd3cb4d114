#pragma once

namespace modelgates::gateway {

// When the program's allocator returns pages that became free to the system. Has no effect without
// mimalloc.
enum class FreePages {
  // After 25 ms. By default each page that is freed delays that by 2 ms, so while calls come none
  // is ever returned, and each thread keeps its own.
  kSoon,
  // Keeps memory small in bursts. Costs a third of a call's CPU time.
  kAtOnce,
};

// Any thread.
void ReturnFreePages(FreePages when);

}  // namespace modelgates::gateway
