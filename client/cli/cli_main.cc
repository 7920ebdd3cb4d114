#include <grpc/support/log.h>

#include <nlohmann/json.hpp>

#include "cli_version.h"
#include "commands.h"
#include "descriptor.h"
#include "option_types.h"
#include "terminal.h"
#include "usage.h"

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

// What to say to a command line that is not understood.
ExitStatus Refuse(const CLI::App& app, const CLI::ParseError& error, bool json) {
  // The help is the answer to the name of the program alone.
  if (!json && app.get_subcommands().empty() && app.remaining(true).empty() &&
      dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    std::fprintf(stderr, "%s\n", HelpText(app, nullptr).c_str());
    return ExitStatus::kUsage;
  }
  return Output(json, Command::kOther).Failure(ToUsageError(app, error));
}

ExitStatus RunHelp(const CLI::App& app, const std::string& topic, const Output& output) {
  if (topic.empty()) return Output(false, Command::kOther).Result(HelpText(app, nullptr), {});
  const std::vector<const CLI::App*> found =
      app.get_subcommands([&](const CLI::App* command) { return command->get_name() == topic; });
  if (found.empty()) return output.Failure(UnknownCommand(app, topic));
  return Output(false, Command::kOther).Result(HelpText(app, found.front()), {});
}

}  // namespace

int main(int argc, char** argv) {
  HoldStandardDescriptors();
  gpr_set_log_function(Silence);
  const std::stop_token stop = StopOnSignals();

  CLI::App app("Runs the ModelGates OAuth flow through the gateway.", "modelgates-oauth");
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", VersionLine());
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
      AddCommand(app, "completion", "Print a completion script for a shell",
                 "  eval \"$(modelgates-oauth completion bash)\"");
  OneOf(completion->add_option("shell", shell, "shell that runs the script")->required(),
        {"bash", "zsh", "fish"});

  std::string topic;
  CLI::App* const help = AddCommand(app, "help", "Print the help of a command, or this one",
                                    "  modelgates-oauth help login");
  help->add_option("command", topic, "one of the commands")->type_name("COMMAND");

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);
  } catch (const CLI::ParseError& error) {
    return static_cast<int>(Refuse(app, error, AsksForJson(argc, argv)));
  }
  const Command kind = *login ? Command::kLogin : *exchange ? Command::kExchange : Command::kOther;
  std::vector<std::string> flags = FlagNames(*app.get_subcommands().front());
  const Session session{common, Output(common.output == "json", kind, std::move(flags)), stop};
  for (const CLI::App* const parsed : {&app, app.get_subcommands().front()}) {
    if (const std::optional<Error> error = FindBrokenText(*parsed)) {
      return static_cast<int>(session.Failure(*error));
    }
  }
  ExitStatus status = ExitStatus::kOk;
  if (*login) status = RunLogin(session, login_flags);
  if (*create) status = RunCreate(session, create_flags);
  if (*exchange) status = RunExchange(session, exchange_flags);
  if (*pkce) status = RunPkce(session, verifier);
  if (*health) status = RunHealth(session);
  if (*help) status = RunHelp(app, topic, session.output);
  if (*completion) status = Output(false, kind).Result(CompletionScript(app, shell), {});
  return static_cast<int>(status);
}
