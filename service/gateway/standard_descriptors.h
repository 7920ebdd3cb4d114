#pragma once

namespace modelgates::gateway {

// Opens /dev/null as each of the descriptors 0 to 2 that is closed. Before anything else is opened,
// which would get their numbers, and with them the log.
void OpenStandardDescriptors();

}  // namespace modelgates::gateway
