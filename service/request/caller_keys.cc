#include "request/caller_keys.h"

#include <fmt/format.h>

#include <utility>

#include "config/key_file.h"

namespace modelgates::gateway {
namespace {

// The version is taken first, so that a file that changes while it is read is read again.
KeyReading ReadCallerKey(const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name;
  std::optional<FileVersion> version = FileVersionOf(path);
  return {name, version, ReadKeyFile(path)};
}

}  // namespace

std::vector<KeyReading> ReadCallerKeys(const std::string& folder,
                                       const std::set<std::string>& names) {
  std::vector<KeyReading> readings;
  readings.reserve(names.size());
  for (const std::string& name : names) readings.push_back(ReadCallerKey(folder, name));
  return readings;
}

CallerKeys::CallerKeys(std::string folder, EventLoop& loop, ReloadObserver* observer,
                       std::pmr::memory_resource& memory)
    : RepeatedLook(loop), folder_(std::move(folder)), observer_(observer), memory_(memory) {
  if (!folder_.empty()) Watch();
}

void CallerKeys::SetFiles(std::vector<KeyReading> files) {
  std::set<std::string> names;
  for (const KeyReading& reading : files) names.insert(reading.name);
  std::erase_if(entries_, [&](const auto& entry) { return !names.contains(entry.first); });
  for (KeyReading& reading : files) {
    const auto [entry, is_new] = entries_.try_emplace(reading.name, memory_);
    if (!is_new) continue;
    // Not reported: it belongs to the reload of the rules.
    if (reading.key.ok()) entry->second.key.Set(reading.key->Reveal());
    Take(entry->second, std::move(reading));
  }
}

std::string_view CallerKeys::Find(const std::string& name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? std::string_view() : found->second.key.Reveal();
}

absl::AnyInvocable<std::vector<KeyReading>()> CallerKeys::NextLook() {
  // Without a version the file is read at every check.
  std::vector<std::pair<std::string, std::optional<FileVersion>>> used;
  used.reserve(entries_.size());
  for (const auto& [name, entry] : entries_) {
    used.emplace_back(name, entry.error.empty() ? entry.version : std::nullopt);
  }
  return [folder = folder_, used = std::move(used)] {
    std::vector<KeyReading> changed;
    for (const auto& [name, version] : used) {
      if (version && FileVersionOf(folder + "/" + name) == version) continue;
      changed.push_back(ReadCallerKey(folder, name));
    }
    return changed;
  };
}

void CallerKeys::Use(std::vector<KeyReading> changed) {
  for (KeyReading& reading : changed) {
    const auto found = entries_.find(reading.name);
    if (found != entries_.end()) Take(found->second, std::move(reading));
  }
}

void CallerKeys::Take(Entry& entry, KeyReading reading) {
  if (reading.key.ok()) {
    entry.version = reading.version;
    entry.error.clear();
    if (entry.key.Set(reading.key->Reveal()) && observer_ != nullptr) {
      observer_->OnReloaded(kSetting);
    }
    return;
  }
  if (entry.error.empty()) entry.unusable_since = loop().Now();
  const std::string_view rule(reading.key.status().message().data(),
                              reading.key.status().message().size());
  const bool is_told = entry.error == rule && entry.version == reading.version;
  entry.error = rule;
  entry.version = reading.version;
  if (loop().Now() - entry.unusable_since >= kGrace) entry.key.Set({});
  if (is_told || observer_ == nullptr) return;
  const bool has_key = !entry.key.Reveal().empty();
  observer_->OnReloadFailed(
      kSetting, fmt::format("{} {}; calls of its callers are refused{}", reading.name, rule,
                            has_key ? fmt::format(" in {} s", kGrace.count()) : ""));
}

}  // namespace modelgates::gateway
