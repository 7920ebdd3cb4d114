#pragma once

#include <string_view>

#include "modelgates/oauth/error.h"

namespace modelgates::oauth::cli {

// What the command ends with, one per class of errors. --help and the man page list them.
enum class ExitStatus : int {
  kOk = 0,
  kFailed = 1,         // gateway or upstream failed in a way that trying again does not mend
  kUsage = 2,          // a flag, or a field of the request, is wrong
  kUnavailable = 3,    // cannot be reached, overloaded, rate limited: later
  kNotPermitted = 4,   // a credential is missing or refused; the user, or the upstream, said no
  kAuthorizeAnew = 5,  // the code may be spent
  kTimeout = 6,        // the time was over: an exchange may be repeated
  kFile = 7,           // a file could not be read or written
  kInterrupted = 130,  // SIGINT or SIGTERM
};

// Whether its code cannot be relied on any more.
bool MayBeSpent(const Error& error);

ExitStatus ToExitStatus(const Error& error);

// The numbers with their meaning, a line each.
std::string_view ExitStatusText();

}  // namespace modelgates::oauth::cli
