#pragma once

#include <string_view>

#include "modelgates/oauth/error.h"

namespace modelgates::oauth::cli {

// Error::reason_name of what fails on this machine.
inline constexpr char kFileError[] = "FILE";          // cannot be read or written
inline constexpr char kPortError[] = "PORT";          // login cannot listen
inline constexpr char kWaitOver[] = "WAIT_OVER";      // the browser did not come back
inline constexpr char kNotServing[] = "NOT_SERVING";  // the gateway says so itself

// What failed, as far as the way on differs.
enum class Command { kOther, kExchange, kLogin };

// What to do about it, for a person at a terminal. Names only flags that `command` has. Lower-case
// start, no full stop.
std::string_view ToAdvice(const Error& error, Command command);

}  // namespace modelgates::oauth::cli
