#include "gateway/admin_bearer.h"

#include <openssl/crypto.h>

#include <utility>

#include "config/key_file.h"

namespace modelgates::gateway {

AdminBearer::AdminBearer(const Config& config, EventLoop& loop, ReloadObserver& reloads)
    : file_(
          loop, {.path = config.admin_bearer_file, .setting = "admin_bearer_file"}, ReadTokenFile,
          [this](Secret bearer) { return Use(std::move(bearer)); }, &reloads) {
  if (auto bearer = ReadTokenFile(config.admin_bearer_file); bearer.ok()) Use(*std::move(bearer));
  file_.Watch();
}

bool AdminBearer::Matches(std::string_view bearer) const {
  const std::scoped_lock lock(mutex_);
  const std::string_view right = bearer_.Reveal();
  return !right.empty() && bearer.size() == right.size() &&
         CRYPTO_memcmp(bearer.data(), right.data(), right.size()) == 0;
}

bool AdminBearer::Use(Secret bearer) {
  const std::scoped_lock lock(mutex_);
  if (bearer == bearer_) return false;
  bearer_ = std::move(bearer);
  return true;
}

}  // namespace modelgates::gateway
