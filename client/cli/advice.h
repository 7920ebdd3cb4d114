#pragma once

#include <string_view>

#include "modelgates/oauth/error.h"

namespace modelgates::oauth::cli {

// Error::reason_name of errors that the command itself finds.
inline constexpr char kFileError[] = "FILE";           // cannot be read or written
inline constexpr char kPortError[] = "PORT";           // login cannot listen
inline constexpr char kWaitOver[] = "WAIT_OVER";       // no redirect arrived in time
inline constexpr char kUsageError[] = "USAGE";         // not understood: a command, flag, argument
inline constexpr char kNothingSent[] = "INTERRUPTED";  // before anything was sent
inline constexpr char kNotServing[] = "NOT_SERVING";   // the answer of the health service

// The same of connections that could not be made.
inline constexpr char kConnectionRefused[] = "CONNECTION_REFUSED";
inline constexpr char kUnreachable[] = "UNREACHABLE";
inline constexpr char kNameNotFound[] = "NAME_NOT_FOUND";

// The same of connections on whose TLS the two sides do not agree.
inline constexpr char kTlsNotServed[] = "TLS_NOT_SERVED";
inline constexpr char kTlsProbablyServed[] = "TLS_PROBABLY_SERVED";
inline constexpr char kTlsUntrusted[] = "TLS_UNTRUSTED";
inline constexpr char kTlsCertificateMissing[] = "TLS_CERTIFICATE_MISSING";

// The failed command, as far as the advice depends on it.
enum class Command { kOther, kExchange, kLogin };

// What a person at a terminal can do about the error. Names only flags of `command`. Lower-case
// start, no full stop.
std::string_view ToAdvice(const Error& error, Command command);

}  // namespace modelgates::oauth::cli
