#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "modelgates/oauth/messages.h"
#include "modelgates/oauth/result.h"

namespace modelgates::oauth::cli {

// Readers of flags' values. Errors are kInvalidArgument, with `flag` as the field.

// "500ms", "1.5s", "2m", "1h"; a number alone is seconds.
Result<std::chrono::nanoseconds> ParseDuration(const std::string& flag, const std::string& text);

// RFC 3339, "2027-12-31T23:59:59Z".
Result<Time> ParseTime(const std::string& flag, const std::string& text);

// RFC 3339 in UTC.
std::string FormatTime(Time time);

// The secret itself; "@FILE": what the file holds; "-": the next line of stdin. Other programs see
// the arguments of this one, but neither of the latter two. White space and line breaks around it,
// which come with a paste, are taken away.
Result<SecretText> ReadSecret(const std::string& flag, const std::string& text);

// A secret of one line: an authorization code or a verifier. Refuses what can only be an accident:
// nothing at all, the URL that the browser was sent to, and characters that no code has (RFC 6749,
// appendix A.11), among them line breaks.
Result<SecretText> ReadPasted(const std::string& flag, const std::string& text);

// INVALID_ARGUMENT, which names the flag.
Error WrongFlag(const std::string& flag, const std::string& rule);

}  // namespace modelgates::oauth::cli
