#pragma once

#include <string_view>

namespace modelgates::oauth::cli {

// Functions for descriptors of this process. false: errno has the reason.

// Whether a key can probably be written: `fd` is open for writing, the pipe has a reader, the disk
// is not full. Writes nothing.
bool TakesAKey(int fd);

// Writes all of it, also to a non-blocking descriptor.
bool WriteAll(int fd, std::string_view text);

// Opens those of stdin, stdout and stderr that are closed so that no later file or socket takes
// their number: reads end at once, writes fail.
void HoldStandardDescriptors();

}  // namespace modelgates::oauth::cli
