#pragma once

#include <absl/status/statusor.h>

#include <chrono>
#include <map>
#include <memory_resource>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_version.h"
#include "base/reloaded_file.h"
#include "base/repeated_look.h"
#include "base/secret.h"
#include "request/locked_key.h"

namespace modelgates::gateway {

// The content of a key file.
struct KeyReading {
  std::string name;
  std::optional<FileVersion> version;
  absl::StatusOr<Secret> key;
};

// Reads the files `names` in `folder`. Any thread.
std::vector<KeyReading> ReadCallerKeys(const std::string& folder,
                                       const std::set<std::string>& names);

// The keys in the key files of rules (operations.md, "callers_file"), re-read when they change.
// A file that cannot be used has no key: a key that was read from it before is used for kGrace,
// because a file may be replaced in two steps, and is then removed.
//
// Loop thread only, except the constructor, which runs before the loop.
class CallerKeys final : public RepeatedLook<std::vector<KeyReading>> {
 public:
  static constexpr std::chrono::seconds kGrace{10};
  static constexpr std::string_view kSetting = "caller_keys_dir";

  // Keys are stored in `memory`, which must outlive this. `observer` may be null.
  CallerKeys(std::string folder, EventLoop& loop, ReloadObserver* observer,
             std::pmr::memory_resource& memory);

  const std::string& folder() const { return folder_; }

  // Replaces the files that are used. A file that was used before keeps its key until a check finds
  // another one.
  void SetFiles(std::vector<KeyReading> files);

  // The key of a file; empty: none. Valid until the next step of the loop.
  std::string_view Find(const std::string& name) const;

 private:
  struct Entry {
    explicit Entry(std::pmr::memory_resource& memory) : key(memory) {}

    LockedKey key;
    std::optional<FileVersion> version;
    std::string error;  // of the last read; empty: none
    TimePoint unusable_since{};
  };

  absl::AnyInvocable<std::vector<KeyReading>()> NextLook() override;
  void Use(std::vector<KeyReading> changed) override;
  void Take(Entry& entry, KeyReading reading);

  const std::string folder_;
  ReloadObserver* const observer_;
  std::pmr::memory_resource& memory_;
  std::map<std::string, Entry> entries_;
};

}  // namespace modelgates::gateway
