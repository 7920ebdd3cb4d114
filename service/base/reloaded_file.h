#pragma once

#include <absl/status/statusor.h>

#include <boost/intrusive/list.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/blocking_work.h"
#include "base/event_loop.h"
#include "base/file_version.h"
#include "base/task.h"
#include "base/wait_point.h"

namespace modelgates::gateway {

// Observes the reloads of files.
class ReloadObserver {
 public:
  // `setting`: the name of the setting that holds the path.
  virtual void OnReloaded(std::string_view setting) = 0;
  // `why` is printed after the path ("must hold ..."), and contains nothing of the file.
  virtual void OnReloadFailed(std::string_view setting, std::string_view why) = 0;

 protected:
  ~ReloadObserver() = default;
};

// The value of a file, read again when the file changes. It is checked once per second on a
// separate thread, because a disk may hang. A version that cannot be used is reported to the
// observer once, and the previous value stays in use; it is read again at every check, because the
// fault may pass: the disk answers again, a certificate becomes valid.
//
// A value of several files is read when two checks in a row have found the same versions: the files
// may be replaced one after the other.
//
// Loop thread only, except the constructor.
template <class T>
class ReloadedFile final : private Timer {
 public:
  // Reads the file, and Options::more_paths. Runs on another thread, so it owns what it uses.
  using Read = std::function<absl::StatusOr<T>(const std::string& path)>;
  // Applies a value. False: the value has not changed.
  using Use = std::function<bool(T)>;

  struct Options {
    std::string path;
    std::string_view setting;
    // Paths of the other files of the value.
    std::vector<std::string> more_paths{};
    std::chrono::milliseconds interval{1'000};
  };

  // `observer` may be null.
  ReloadedFile(EventLoop& loop, Options options, Read read, Use use, ReloadObserver* observer)
      : loop_(loop),
        options_(std::move(options)),
        paths_(AllPaths(options_)),
        read_(std::move(read)),
        use_(std::move(use)),
        observer_(observer),
        work_(loop) {}

  // Starts to check the file. On the loop thread, or before the loop runs.
  void Watch() { loop_.Start(*this, loop_.Now() + options_.interval); }

  // Checks the file at once, and waits until its present content is in use, until `deadline`, or
  // until a request on `stop`, which must outlive the task.
  Task<void> Refresh(TimePoint deadline, const std::stop_token& stop) {
    Waiter waiter(loop_);
    waiting_.push_back(waiter);
    if (!work_.running()) StartLook();
    co_await waiter.done.Wait(deadline, stop);
  }

 private:
  using Version = std::vector<std::optional<FileVersion>>;  // of each file
  struct Look {
    Version version;
    std::optional<absl::StatusOr<T>> read;  // absent: unchanged, or still changing
  };

  struct Waiter : boost::intrusive::list_base_hook<
                      boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    explicit Waiter(EventLoop& loop) : done(loop) {}
    WaitPoint done;
  };
  using Waiters = boost::intrusive::list<Waiter, boost::intrusive::constant_time_size<false>>;

  static std::vector<std::string> AllPaths(const Options& options) {
    std::vector<std::string> paths = {options.path};
    paths.insert(paths.end(), options.more_paths.begin(), options.more_paths.end());
    return paths;
  }

  void OnTimer() override { StartLook(); }

  void StartLook() {
    Cancel();
    looking_.splice(looking_.end(), waiting_);
    const bool started = work_.Start(
        [paths = paths_, read = read_, used = read_version_, seen = seen_version_,
         failed = !error_.empty()] {
          Look look;
          for (const std::string& path : paths) look.version.push_back(FileVersionOf(path));
          const bool is_settled = paths.size() == 1 || seen == look.version;
          if (is_settled && (failed || used != look.version)) look.read = read(paths.front());
          return look;
        },
        [this](Look look) { Finish(std::move(look)); });
    if (!started) Watch();
  }

  void Finish(Look look) {
    if (look.read) Take(*std::move(look.read), read_version_ != look.version);
    if (look.read) read_version_ = look.version;
    seen_version_ = std::move(look.version);
    for (Waiter& waiter : looking_) waiter.done.Notify();
    looking_.clear();
    // Waiters that came after this check began get the next one: the file may have changed since.
    if (waiting_.empty()) {
      Watch();
    } else {
      StartLook();
    }
  }

  void Take(absl::StatusOr<T> read, bool is_new) {
    if (read.ok()) {
      error_.clear();
      if (use_(*std::move(read)) && observer_ != nullptr) observer_->OnReloaded(options_.setting);
      return;
    }
    const std::string error(read.status().message());
    if (!is_new && error == error_) return;
    error_ = error;
    if (observer_ != nullptr) observer_->OnReloadFailed(options_.setting, error_);
  }

  EventLoop& loop_;
  const Options options_;
  const std::vector<std::string> paths_;
  const Read read_;
  const Use use_;
  ReloadObserver* const observer_;
  std::optional<Version> read_version_;  // absent: the file may have changed since the first read
  std::optional<Version> seen_version_;  // at the last check
  std::string error_;                    // of the last read; empty: none
  Waiters looking_;                      // for the running check
  Waiters waiting_;                      // for the next check
  BlockingWork<Look> work_;
};

}  // namespace modelgates::gateway
