#pragma once

#include <string>
#include <string_view>

namespace modelgates::oauth {

// Overwrites the characters in a way that the compiler cannot leave out, and empties `text`.
void Wipe(std::string& text);

// Whether both are equal. The time depends on the lengths only.
bool EqualSecrets(std::string_view a, std::string_view b);

}  // namespace modelgates::oauth
