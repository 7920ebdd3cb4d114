#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// What the admin port shows. Called on the port's one thread: each must return at once.
struct AdminPages {
  // /livez: the process works, its event loop turns. Empty is always yes.
  std::function<bool()> live;
  // /readyz: send traffic here. No while starting and draining. Empty is always yes.
  std::function<bool()> ready;
  // Asks for the numbers of /metrics that only the loop knows. Calls `done` once it has them, on
  // any thread. Where that takes longer than a second, /metrics shows the last ones.
  std::function<void(std::function<void()> done)> refresh_metrics;
  // /metrics in Prometheus' text format. Empty: 404.
  std::function<std::string()> metrics;
  // /configz: the effective settings as plain text, secrets redacted. Empty: 404.
  std::function<std::string()> settings;
};

struct AdminRequest {
  bool reads = true;                     // GET or HEAD
  std::string_view path;                 // without query
  std::optional<std::string_view> host;  // the Host field, which HTTP/1.0 may leave out
};

struct AdminAnswer {
  int status = 200;
  std::string body;
  const char* type = "text/plain; charset=utf-8";
};

// Whether `request` wants numbers that AdminPages::refresh_metrics brings.
bool NeedsFreshMetrics(const AdminRequest& request);

// The page for `request`. `configured_host`: see served_host.h; a foreign host gets 421, except for
// probes, which tell nothing.
AdminAnswer AnswerAdmin(const AdminPages& pages, const AdminRequest& request,
                        std::string_view configured_host);

}  // namespace modelgates::gateway
