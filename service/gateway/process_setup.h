#pragma once

namespace modelgates::gateway {

// Opens /dev/null as each of the descriptors 0 to 2 that is closed. Otherwise the next file that is
// opened would get its number, and with it the log.
void OpenStandardDescriptors();

// Raises the limit on descriptors to its maximum. A shell usually allows 1,024, and 1,000
// concurrent calls need about as many just for the upstream.
void AllowManyConnections();

// Disables core dumps, for any core pattern, and ptrace, because memory contains keys and codes.
void NeverDumpMemory();

// Wipes copies of the gateway's key: the environment stays in memory, and the first call of a
// library's function saves all registers on the stack.
void WipeTracesOfTheKey();

}  // namespace modelgates::gateway
