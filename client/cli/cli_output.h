#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "advice.h"
#include "exit_status.h"

namespace modelgates::oauth::cli {

// What the command says. Its result goes to stdout: as text the value alone, for a pipe; as JSON
// one object with all there is to know, {"error": {...}} when it failed. The rest goes to stderr,
// for people: nothing of it with JSON, unless stdout cannot be written to. Text of others is shown
// as a terminal may show it.
class Output {
 public:
  Output(bool json, Command command) : json_(json), command_(command) {}

  // kFile, with words on stderr, when stdout cannot be written to.
  ExitStatus Result(const std::string& text, const nlohmann::ordered_json& json) const;
  // What went wrong, every wrong field, and what to do next.
  ExitStatus Failure(const Error& error) const;
  // A line for people.
  void Note(const std::string& line) const;

  bool json() const { return json_; }

 private:
  bool json_;
  Command command_;
};

}  // namespace modelgates::oauth::cli
