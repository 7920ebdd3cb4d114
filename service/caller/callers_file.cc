#include "caller/callers_file.h"

#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/json_grammar.h"
#include "base/json_reader.h"
#include "base/small_file.h"

namespace modelgates::gateway {
namespace {

constexpr size_t kMaxBytes = 1 << 20;
constexpr size_t kMaxRules = 10'000;
constexpr double kMaxLimit = 1'000'000;

// The name of a member for a log line: "?" unless it has letters, digits and '_' only.
std::string_view Plain(std::string_view name) {
  constexpr size_t kMax = 32;
  const bool plain =
      !name.empty() && name.size() <= kMax &&
      std::all_of(name.begin(), name.end(), [](char c) { return IsAlphanumeric(c) || c == '_'; });
  return plain ? name : "?";
}

std::optional<double> NumberOf(JsonValue& value) {
  const auto token = value.NumberToken();
  double number = 0;
  if (!token || !absl::SimpleAtod({token->data(), token->size()}, &number)) return std::nullopt;
  return number;
}

// The name of a visible file, as a key of a Kubernetes Secret may be called. It cannot leave the
// folder.
bool IsKeyFileName(std::string_view name) {
  constexpr size_t kMax = 253;
  return !name.empty() && name.size() <= kMax && name.front() != '.' &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

// Records the members of an object, to find unknown and repeated ones.
template <size_t kCount>
class Members {
 public:
  explicit constexpr Members(const std::string_view (&names)[kCount]) : names_(names) {}

  enum class Seen : uint8_t { kFirst, kAgain, kUnknown };
  Seen See(std::string_view name) {
    const auto* const found = std::find(std::begin(names_), std::end(names_), name);
    if (found == std::end(names_)) return Seen::kUnknown;
    return std::exchange(seen_[found - std::begin(names_)], true) ? Seen::kAgain : Seen::kFirst;
  }

 private:
  const std::string_view (&names_)[kCount];
  bool seen_[kCount] = {};
};

constexpr std::string_view kRootNames[] = {"default", "callers"};
constexpr std::string_view kDefaultNames[] = {"rate", "concurrent"};
constexpr std::string_view kRuleNames[] = {"id", "methods", "rate", "concurrent", "key_file"};

// Reads the whole text and keeps the first fault.
class Reader {
 public:
  explicit Reader(KeyFiles key_files) : key_files_(key_files) {}

  void ReadRoot(JsonValue& root) {
    bool callers = false;
    ReadMembers(root, "", kRootNames, [&](std::string_view name, JsonValue& value) {
      if (name == "default") {
        ReadDefault(value);
      } else {
        callers = true;
        ReadCallers(value);
      }
    });
    if (!callers) Fault(root, "callers", "is missing");
    if (!fault_) TakeRules();
  }

  const std::optional<std::string>& fault() const { return fault_; }
  CallerRules TakeResult() { return std::move(rules_); }

 private:
  // A rule is complete when the default is known, which may follow it in the file.
  struct Draft {
    size_t line;
    std::optional<CallerPattern> id;
    std::optional<CallerMethods> methods;
    CallerShare share;
    std::string key_file;
  };

  template <size_t kCount, class Read>
  void ReadMembers(JsonValue& object, const std::string& where,
                   const std::string_view (&names)[kCount], Read read) {
    Members members(names);
    const bool is_object = object.ForEachMember([&](std::string_view name, JsonValue& value) {
      const std::string path =
          where.empty() ? std::string(Plain(name)) : fmt::format("{}.{}", where, Plain(name));
      switch (members.See(name)) {
        case Members<kCount>::Seen::kFirst:
          read(name, value);
          return;
        case Members<kCount>::Seen::kAgain:
          Fault(value, path, "occurs twice");
          return;
        case Members<kCount>::Seen::kUnknown:
          Fault(value, path, fmt::format("is unknown: members are {}", fmt::join(names, ", ")));
          return;
      }
    });
    if (!is_object) Fault(object, where.empty() ? "the file" : where, "must be an object");
  }

  void ReadDefault(JsonValue& value) {
    ReadMembers(value, "default", kDefaultNames, [this](std::string_view name, JsonValue& limit) {
      ReadLimit(limit, fmt::format("default.{}", name), name, default_);
    });
  }

  void ReadCallers(JsonValue& value) {
    const bool is_array = value.ForEachElement([this](JsonValue& rule) { ReadRule(rule); });
    if (!is_array || drafts_.empty()) {
      Fault(value, "callers", "must be an array of at least one rule");
    } else if (drafts_.size() > kMaxRules) {
      Fault(value, "callers", fmt::format("must have at most {} rules", kMaxRules));
    }
  }

  void ReadRule(JsonValue& value) {
    const std::string where = fmt::format("callers[{}]", drafts_.size());
    Draft& draft = drafts_.emplace_back();
    draft.line = value.line();
    bool id = false;
    bool methods = false;
    ReadMembers(value, where, kRuleNames, [&](std::string_view name, JsonValue& member) {
      const std::string path = fmt::format("{}.{}", where, name);
      if (name == "id") {
        id = true;
        ReadId(member, path, draft);
      } else if (name == "methods") {
        methods = true;
        ReadMethods(member, path, draft);
      } else if (name == "key_file") {
        ReadKeyFileName(member, path, draft);
      } else {
        ReadLimit(member, path, name, draft.share);
      }
    });
    if (!id) Fault(value, where + ".id", "is missing");
    if (!methods) Fault(value, where + ".methods", "is missing");
  }

  void ReadId(JsonValue& value, const std::string& path, Draft& draft) {
    const auto text = value.String();
    if (text) draft.id = CallerPattern::Parse(*text);
    if (draft.id) return;
    Fault(
        value, path,
        "must be spiffe://DOMAIN/PATH, dns:NAME or address:CIDR, with * at the end of it only and "
        "not within a trust domain");
  }

  void ReadMethods(JsonValue& value, const std::string& path, Draft& draft) {
    draft.methods.emplace();
    size_t count = 0;
    const bool is_array = value.ForEachElement([&](JsonValue& method) {
      const auto text = method.String();
      if (!text || !draft.methods->Add(*text)) {
        Fault(method, fmt::format("{}[{}]", path, count),
              "must be CreateAuthCode, ExchangeAuthCode, package.Service/Method, "
              "package.Service/* or *");
      }
      ++count;
    });
    if (!is_array) Fault(value, path, "must be an array");
  }

  void ReadKeyFileName(JsonValue& value, const std::string& path, Draft& draft) {
    if (key_files_ == KeyFiles::kRefused) {
      Fault(value, path, "needs --caller_keys_dir");
      return;
    }
    const auto text = value.String();
    if (text && IsKeyFileName(*text)) {
      draft.key_file = *text;
      return;
    }
    Fault(value, path,
          "must be the name of a file in --caller_keys_dir: at most 253 letters, digits, '-', '_' "
          "and '.', not '.' first");
  }

  void ReadLimit(JsonValue& value, const std::string& path, std::string_view name,
                 CallerShare& share) {
    const auto number = NumberOf(value);
    const bool in_range = number && *number >= 1 && *number <= kMaxLimit;
    if (name == "rate") {
      if (!in_range) Fault(value, path, "must be a number from 1 to 1000000");
      share.rate = number;
      return;
    }
    if (!in_range || *number != static_cast<int>(*number)) {
      Fault(value, path, "must be a whole number from 1 to 1000000");
      return;
    }
    share.concurrent = static_cast<int>(*number);
  }

  void TakeRules() {
    for (size_t i = 0; i < drafts_.size(); ++i) {
      Draft& draft = drafts_[i];
      if (!draft.share.rate) draft.share.rate = default_.rate;
      if (!draft.share.concurrent) draft.share.concurrent = default_.concurrent;
      if (rules_.Add({*std::move(draft.id), *std::move(draft.methods), draft.share,
                      std::move(draft.key_file)})) {
        continue;
      }
      Fault(draft.line, fmt::format("callers[{}].id", i), "is that of a rule before");
    }
  }

  void Fault(const JsonValue& at, std::string_view member, std::string_view rule) {
    Fault(at.line(), member, rule);
  }
  void Fault(size_t line, std::string_view member, std::string_view rule) {
    if (!fault_) fault_ = fmt::format("must hold valid rules; line {}: {} {}", line, member, rule);
  }

  const KeyFiles key_files_;
  std::optional<std::string> fault_;
  CallerShare default_;
  std::vector<Draft> drafts_;
  CallerRules rules_;
};

size_t LineAt(std::string_view text, size_t offset) {
  return 1 + static_cast<size_t>(std::count(text.begin(), text.begin() + offset, '\n'));
}

}  // namespace

absl::StatusOr<CallerRules> ParseCallers(std::string text, KeyFiles key_files) {
  Reader reader(key_files);
  if (!VisitJson(text, [&](JsonValue& root) { reader.ReadRoot(root); })) {
    return absl::InvalidArgumentError(
        fmt::format("must hold JSON; syntax error in line {}", LineAt(text, JsonFault(text))));
  }
  if (reader.fault()) return absl::InvalidArgumentError(*reader.fault());
  return reader.TakeResult();
}

absl::StatusOr<CallerRules> ReadCallersFile(const std::string& path, KeyFiles key_files) {
  absl::StatusOr<std::string> text = ReadSmallFile(path, kMaxBytes);
  if (!text.ok()) return text.status();
  return ParseCallers(*std::move(text), key_files);
}

}  // namespace modelgates::gateway
