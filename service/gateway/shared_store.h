#pragma once

#include "base/epoll_loop.h"
#include "base/log.h"
#include "base/reloaded_file.h"
#include "config/config.h"
#include "exchange/shared/pepper_file.h"
#include "exchange/shared/redis_exchange_store.h"
#include "redis/redis_client.h"

namespace modelgates::gateway {

// The exchange store of `--exchange_store`, with its client and its peppers. Loop thread only,
// except the constructor.
class SharedStore {
 public:
  // `config.exchange_store` must be set. `loop`, `log` and `reloads` must outlive this.
  SharedStore(const Config& config, EpollLoop& loop, Log& log, ReloadObserver& reloads);

  ExchangeStore& store() { return store_; }
  RedisStats stats() const { return client_.stats(); }
  // The loop must turn once more before this is destroyed.
  void Close() { client_.Close(); }

 private:
  SharedStore(const Config& config, const RedisUrl& url, EpollLoop& loop, Log& log,
              ReloadObserver& reloads);

  RedisClient client_;
  PepperFile peppers_;
  RedisExchangeStore store_;
};

}  // namespace modelgates::gateway
