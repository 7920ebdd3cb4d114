#include "rpc/oauth_rpcs.h"

namespace modelgates::gateway {
namespace {

UpstreamDefaults ToDefaults(const Config& config) {
  return {.http_referer = config.http_referer,
          .x_open_router_title = config.x_open_router_title,
          .x_open_router_categories = config.x_open_router_categories,
          .title_header = config.title_header,
          .categories_header = config.categories_header};
}

}  // namespace

OAuthRpcs::OAuthRpcs(const Parts& parts)
    : config_(parts.config),
      retrier_(parts.retrier),
      exchanges_(parts.exchanges),
      defaults_(ToDefaults(parts.config)),
      served_{parts.config,         parts.loop,    parts.observers, parts.credentials,
              parts.unread_replies, fingerprints_, random_} {}

}  // namespace modelgates::gateway
