#include "gateway/shared_store.h"

#include "exchange/flights/exchange_options.h"

namespace modelgates::gateway {
namespace {

RedisOptions ToRedisOptions(const Config& config, ReloadObserver& reloads) {
  RedisOptions options;
  options.ca_file = config.exchange_store_ca_file;
  options.ca_setting = "exchange_store_ca_file";
  options.reloads = &reloads;
  return options;
}

RedisExchangeStoreOptions ToStoreOptions(const Config& config) {
  RedisExchangeStoreOptions options;
  options.sending_kept = config.exchange_cap + ExchangeOptions().unknown_ttl;
  return options;
}

}  // namespace

SharedStore::SharedStore(const Config& config, EpollLoop& loop, Log& log, ReloadObserver& reloads)
    : client_(loop, *ParseRedisUrl(config.exchange_store.Reveal()), ToRedisOptions(config, reloads),
              log),
      peppers_(config.exchange_pepper_file, loop, &reloads),
      store_(client_, peppers_, ToStoreOptions(config), log) {}

}  // namespace modelgates::gateway
