#pragma once

#include <sys/types.h>

#include <functional>
#include <string_view>

namespace modelgates::gateway {

// Shows what a core dump of process `pid` could hold: its memory, piece by piece, without mappings
// that are left out of core dumps (MADV_DONTDUMP). Neighbouring pieces overlap by 256 bytes. False:
// the kernel does not let this process read it.
bool ReadDumpableMemory(pid_t pid, const std::function<void(std::string_view piece)>& read);

}  // namespace modelgates::gateway
