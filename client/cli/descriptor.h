#pragma once

#include <string_view>

namespace modelgates::oauth::cli {

// Descriptors of this process. Each function gives false with errno set.

// Whether a key can be written there, as far as can be known before: it is open for writing,
// somebody reads the pipe, the disk is not full. Writes nothing.
bool TakesAKey(int fd);

// All of it, also where the descriptor does not block.
bool WriteAll(int fd, std::string_view text);

// Opens those of stdin, stdout and stderr that are closed so that no later file or socket takes
// their number: reads end at once, writes fail.
void HoldStandardDescriptors();

}  // namespace modelgates::oauth::cli
