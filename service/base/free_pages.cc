#include "base/free_pages.h"

#ifdef GATEWAY_MIMALLOC
#include <mimalloc.h>
#endif

namespace modelgates::gateway {

void ReturnFreePages([[maybe_unused]] FreePages when) {
#ifdef GATEWAY_MIMALLOC
  mi_option_set(mi_option_decommit_extend_delay, 0);
  mi_option_set(mi_option_decommit_delay, when == FreePages::kSoon ? 25 : 0);
#endif
}

}  // namespace modelgates::gateway
