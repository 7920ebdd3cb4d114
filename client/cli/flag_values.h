#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "modelgates/oauth/messages.h"
#include "modelgates/oauth/result.h"

namespace modelgates::oauth::cli {

// Parsers of flag values. Errors are kInvalidArgument, with `flag` as the field.

// "500ms", "1.5s", "2m", "1h"; a number alone is seconds.
Result<std::chrono::nanoseconds> ParseDuration(const std::string& flag, const std::string& text);

// RFC 3339, "2027-12-31T23:59:59Z".
Result<Time> ParseTime(const std::string& flag, const std::string& text);

// RFC 3339 in UTC.
std::string FormatTime(Time time);

// "@FILE": the content of the file; "-": the next line of stdin, with a prompt if that is a
// terminal (stdin_line.h); else the secret itself, which other programs can see in the command
// line. Surrounding white space and line breaks, which a paste may add, are removed. kCancelled
// when `stop` ends the wait for stdin.
Result<SecretText> ReadSecret(const std::string& flag, const std::string& text,
                              const std::stop_token& stop);

// As ReadSecret, for an authorization code or a verifier. Refuses common mistakes: an empty text,
// the URL of the redirect, and characters that no code contains (RFC 6749, appendix A.11),
// including line breaks.
Result<SecretText> ReadPasted(const std::string& flag, const std::string& text,
                              const std::stop_token& stop);

// The text without the blanks and line breaks around it that a paste may add.
std::string_view TrimPasted(std::string_view text);

// kInvalidArgument with the flag as the field.
Error WrongFlag(const std::string& flag, const std::string& rule);

}  // namespace modelgates::oauth::cli
