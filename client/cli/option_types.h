#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

namespace modelgates::oauth::cli {

// An option that may be absent; an empty text is a valid value.
template <class T>
CLI::Option* AddOptional(CLI::App& command, const std::string& name, std::optional<T>& into,
                         const std::string& type, const std::string& text) {
  return command
      .add_option_function<T>(
          name, [&into](const T& value) { into = value; }, text)
      ->type_name(type);
}

// Requires one of `names`, which --help shows as "a|b".
inline CLI::Option* OneOf(CLI::Option* option, const std::vector<std::string>& names) {
  option->check(CLI::IsMember(names).description(""));
  return option->type_name(CLI::detail::join(names, "|"));
}

}  // namespace modelgates::oauth::cli
