#include "base/free_pages.h"

#ifdef GATEWAY_MIMALLOC
#include <mimalloc.h>
#endif

namespace modelgates::gateway {

void ReturnFreePages([[maybe_unused]] FreePages when) {
#ifdef GATEWAY_MIMALLOC
  const long delay = when == FreePages::kSoon ? 25 : 0;
#if MI_MALLOC_VERSION < 210  // Debian 12
  mi_option_set(mi_option_decommit_extend_delay, 0);
  mi_option_set(mi_option_decommit_delay, delay);
#else
  // Pages wait for a multiple of the delay.
  mi_option_set(mi_option_arena_purge_mult, 1);
  mi_option_set(mi_option_purge_extend_delay, 0);
  mi_option_set(mi_option_purge_delay, delay);
#endif
#endif
}

}  // namespace modelgates::gateway
