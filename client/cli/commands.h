#pragma once

#include <stop_token>

#include "cli_flags.h"
#include "cli_output.h"
#include "key_writer.h"

namespace modelgates::oauth::cli {

// What all commands have.
struct Session {
  const CommonFlags& common;
  Output output;
  std::stop_token stop;
};

ExitStatus RunCreate(const Session& session, const CreateFlags& flags);
ExitStatus RunExchange(const Session& session, const ExchangeFlags& flags);
ExitStatus RunLogin(const Session& session, const LoginFlags& flags);
ExitStatus RunHealth(const Session& session);
// `verifier`: of which the challenge is wanted; empty: a new one.
ExitStatus RunPkce(const Session& session, const std::string& verifier);

// Spends the code; the key goes to `place`, or, where that is absent, to stdout.
ExitStatus ExchangeForKey(const Session& session, const OAuthClient& client,
                          const ExchangeAuthCodeRequest& request, const CallOptions& options,
                          std::optional<KeyWriter>& place);

// A script that completes commands and flags, made of the flags themselves. `shell`: "bash", "zsh".
std::string CompletionScript(const CLI::App& app, const std::string& shell);

}  // namespace modelgates::oauth::cli
