#include <grpc/support/log.h>

#include <nlohmann/json.hpp>

#include "commands.h"
#include "descriptor.h"
#include "terminal.h"

namespace {

using namespace modelgates::oauth::cli;
using modelgates::oauth::Error;

constexpr char kSeeCommon[] = "Flags of all commands: modelgates-oauth --help\n\n";
constexpr char kSecrets[] =
    "TEXT|@FILE|-: the text itself, a file that contains it, or the next line of stdin\n";

// gRPC's log may contain metadata, and the command prints the error itself.
void Silence(gpr_log_func_args*) {}

CLI::App* AddCommand(CLI::App& app, const char* name, const char* text, const char* example) {
  CLI::App* const command = app.add_subcommand(name, text);
  command->get_formatter()->column_width(40);
  command->footer(kSecrets + std::string(kSeeCommon) + "Example:\n" + example);
  return command;
}

}  // namespace

int main(int argc, char** argv) {
  HoldStandardDescriptors();
  gpr_set_log_function(Silence);
  const std::stop_token stop = StopOnSignals();

  CLI::App app("Runs the ModelGates OAuth flow through the gateway.", "modelgates-oauth");
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", "modelgates-oauth " CLI_VERSION);
  app.get_formatter()->column_width(34);
  app.footer(kSecrets + std::string("\n") + std::string(ExitStatusText()) +
             "\n\nExample:\n  modelgates-oauth login --key-file key.txt");
  CommonFlags common;
  common.AddTo(app);

  LoginFlags login_flags;
  CLI::App* const login =
      AddCommand(app, "login", "Log in with a browser; write the key to a file or to stdout",
                 "  modelgates-oauth login --key-file key.txt");
  login_flags.AddTo(*login);

  CreateFlags create_flags;
  CLI::App* const create =
      AddCommand(app, "create", "Create an authorization code",
                 "  modelgates-oauth create --callback-url https://myapp.example/cb --limit 5 \\\n"
                 "    --code-challenge E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM \\\n"
                 "    --code-challenge-method S256");
  create_flags.AddTo(*create);

  ExchangeFlags exchange_flags;
  CLI::App* const exchange =
      AddCommand(app, "exchange", "Exchange an authorization code for an API key",
                 "  modelgates-oauth create --callback-url https://myapp.example/cb |\n"
                 "    modelgates-oauth exchange --code -");
  exchange_flags.AddTo(*exchange);

  std::string verifier;
  CLI::App* const pkce = AddCommand(app, "pkce", "Make a PKCE verifier and its S256 challenge",
                                    "  modelgates-oauth pkce --output json");
  pkce->add_option("--code-verifier", verifier, "existing verifier; default: a new one")
      ->type_name("TEXT|@FILE|-");

  CLI::App* const health = AddCommand(app, "health", "Check whether the gateway is serving",
                                      "  modelgates-oauth health --timeout 2s");

  std::string shell;
  CLI::App* const completion =
      AddCommand(app, "completion", "Print a completion script for bash or zsh",
                 "  eval \"$(modelgates-oauth completion bash)\"");
  completion->add_option("shell", shell, "bash or zsh")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh"}).description(""))
      ->type_name("SHELL");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitStatus::kUsage);
  }
  const Command kind = *login ? Command::kLogin : *exchange ? Command::kExchange : Command::kOther;
  const Session session{common, Output(common.output == "json", kind), stop};
  for (const CLI::App* const parsed : {&app, app.get_subcommands().front()}) {
    if (const std::optional<Error> error = FindBrokenText(*parsed)) {
      return static_cast<int>(session.output.Failure(*error));
    }
  }
  ExitStatus status = ExitStatus::kOk;
  if (*login) status = RunLogin(session, login_flags);
  if (*create) status = RunCreate(session, create_flags);
  if (*exchange) status = RunExchange(session, exchange_flags);
  if (*pkce) status = RunPkce(session, verifier);
  if (*health) status = RunHealth(session);
  if (*completion) status = Output(false, kind).Result(CompletionScript(app, shell), {});
  return static_cast<int>(status);
}
