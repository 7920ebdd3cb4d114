#include "callback_scope.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace modelgates::oauth {
namespace {

thread_local int callbacks_running = 0;

// A thread that releases the objects that it is given.
class Releaser {
 public:
  Releaser() {
    std::thread([this] { Run(); }).detach();
  }

  void Take(std::shared_ptr<void> object) {
    {
      const std::lock_guard lock(mutex_);
      objects_.push_back(std::move(object));
    }
    changed_.notify_one();
  }

 private:
  void Run() {
    while (true) {
      std::vector<std::shared_ptr<void>> objects;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !objects_.empty(); });
        objects.swap(objects_);
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<void>> objects_;
};

}  // namespace

CallbackScope::CallbackScope() { ++callbacks_running; }

CallbackScope::~CallbackScope() { --callbacks_running; }

void LetGoOutsideOfCallbacks(std::shared_ptr<void> object) {
  if (callbacks_running == 0) return;
  // Never destroyed, because callbacks may run until the process ends.
  static Releaser& releaser = *new Releaser;
  releaser.Take(std::move(object));
}

}  // namespace modelgates::oauth
