#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "exit_status.h"

namespace modelgates::oauth::cli {

// What the command says. Its result goes to stdout: as text the value alone, for a pipe; as JSON
// one object with all there is to know, {"error": {...}} when it failed. The rest goes to stderr,
// for people: nothing of it with JSON.
class Output {
 public:
  explicit Output(bool json) : json_(json) {}

  // kFile when stdout cannot be written to.
  ExitStatus Result(const std::string& text, const nlohmann::ordered_json& json) const;
  // What went wrong, every wrong field, and what to do next.
  ExitStatus Failure(const Error& error) const;
  // A line for people.
  void Note(const std::string& line) const;

  bool json() const { return json_; }

 private:
  bool json_;
};

}  // namespace modelgates::oauth::cli
