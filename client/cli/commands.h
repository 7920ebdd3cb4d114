#pragma once

#include <stop_token>

#include "cli_flags.h"
#include "cli_output.h"
#include "key_writer.h"

namespace modelgates::oauth::cli {

// The arguments of all commands.
struct Session {
  const CommonFlags& common;
  Output output;
  std::stop_token stop;

  // Prints the error, in words of the flags if there is no connection.
  ExitStatus Failure(const Error& error) const;
};

ExitStatus RunCreate(const Session& session, const CreateFlags& flags);
ExitStatus RunExchange(const Session& session, const ExchangeFlags& flags);
ExitStatus RunLogin(const Session& session, const LoginFlags& flags);
ExitStatus RunHealth(const Session& session);
// Prints the challenge of `verifier`; empty: of a new one.
ExitStatus RunPkce(const Session& session, const std::string& verifier);

// Exchanges the code. The key goes to `place`, or to stdout if that is absent.
ExitStatus ExchangeForKey(const Session& session, const OAuthClient& client,
                          const ExchangeAuthCodeRequest& request, const CallOptions& options,
                          std::optional<KeyWriter>& place);

// A shell script that completes commands, flags and their values, generated from them. `shell`:
// "bash", "zsh" or "fish".
std::string CompletionScript(const CLI::App& app, const std::string& shell);

}  // namespace modelgates::oauth::cli
