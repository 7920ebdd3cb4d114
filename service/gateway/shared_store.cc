#include "gateway/shared_store.h"

#include "exchange/flights/exchange_options.h"

namespace modelgates::gateway {
namespace {

// The link is moved within two seconds of a promotion: an unused link is checked once per second,
// and the sentinels are asked four times per second while there is none.
constexpr std::chrono::milliseconds kCheckInterval{1'000};
constexpr std::chrono::milliseconds kSearchInterval{250};

RedisOptions ToRedisOptions(const Config& config, const RedisUrl& url, ReloadObserver& reloads) {
  RedisOptions options;
  const int by_default = url.sentinels.empty() ? 0 : 1;
  options.replicas = config.exchange_store_replicas == Config::kAutomatic
                         ? by_default
                         : config.exchange_store_replicas;
  if (!url.sentinels.empty()) {
    options.heartbeat = kCheckInterval;
    options.probe_interval = kSearchInterval;
    options.failover_wait = config.exchange_store_failover_wait;
  }
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
    : SharedStore(config, *ParseRedisUrl(config.exchange_store.Reveal()), loop, log, reloads) {}

SharedStore::SharedStore(const Config& config, const RedisUrl& url, EpollLoop& loop, Log& log,
                         ReloadObserver& reloads)
    : client_(loop, url, ToRedisOptions(config, url, reloads), log),
      peppers_(config.exchange_pepper_file, loop, &reloads),
      store_(client_, peppers_, ToStoreOptions(config), log) {}

}  // namespace modelgates::gateway
