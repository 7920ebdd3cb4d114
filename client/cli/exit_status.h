#pragma once

#include <string_view>

#include "modelgates/oauth/error.h"

namespace modelgates::oauth::cli {

// The exit statuses of the command, one per class of errors. --help and the man page list them.
enum class ExitStatus : int {
  kOk = 0,
  kFailed = 1,         // gateway or upstream failed, and repeating does not help
  kUsage = 2,          // a flag, or a field of the request, is wrong
  kUnavailable = 3,    // not reachable, overloaded, rate limited: try later
  kNotPermitted = 4,   // a credential is missing or refused, or user or upstream refused
  kAuthorizeAnew = 5,  // the code may be spent
  kTimeout = 6,        // timeout; an exchange may be repeated
  kFile = 7,           // a file could not be read or written
  kInterrupted = 130,  // SIGINT or SIGTERM
};

// Whether the code of the failed call may be spent.
bool MayBeSpent(const Error& error);

ExitStatus ToExitStatus(const Error& error);

// The exit statuses with their meaning, one per line.
std::string_view ExitStatusText();

}  // namespace modelgates::oauth::cli
