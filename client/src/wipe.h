#pragma once

#include <string>
#include <string_view>

namespace modelgates::oauth {

// Overwrites the characters in a way that the compiler cannot leave out, and empties `text`.
void Wipe(std::string& text);

// Whether both are equal, in a time that tells nothing but whether the lengths are.
bool EqualSecrets(std::string_view a, std::string_view b);

}  // namespace modelgates::oauth
