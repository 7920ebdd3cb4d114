#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace modelgates::gateway {

struct AdminAnswer {
  int status = 200;
  std::string body;
  const char* type = "text/plain; charset=utf-8";
  // The Content-Security-Policy.
  std::string policy = "default-src 'none'; frame-ancestors 'none'";
};

// The pages of the admin port. Called on the port's only thread: each must return at once.
struct AdminPages {
  // Whether a bearer may see the pages other than the probes. `bearer` is that of the Authorization
  // field, empty without one. Empty: everybody may.
  std::function<bool(std::string_view bearer)> authorized;
  // /livez: whether the event loop turns. Empty: always true.
  std::function<bool()> live;
  // /readyz: whether to send traffic here; false while starting and draining. Empty: always true.
  std::function<bool()> ready;
  // Updates the metrics that only the loop knows, and calls `done` afterwards, on any thread. If
  // that takes longer than a second, /metrics shows the previous values.
  std::function<void(std::function<void()> done)> refresh_metrics;
  // /metrics in Prometheus' text format. Empty: 404.
  std::function<std::string()> metrics;
  // The same in the text format of OpenMetrics 1.0, for a client that asks for it. Empty: nobody
  // gets it.
  std::function<std::string()> open_metrics;
  // /configz: the effective settings as plain text, secrets redacted. Empty: 404.
  std::function<std::string()> settings;
  // /statusz. Empty: 404.
  std::function<AdminAnswer()> status;
  // Called every `sample_interval`, for the history that /statusz shows. Empty: nothing is.
  std::function<void()> sample;
  std::chrono::milliseconds sample_interval{};
};

struct AdminRequest {
  bool reads = true;                     // GET or HEAD
  std::string_view path;                 // without query
  std::optional<std::string_view> host;  // the Host field, which HTTP/1.0 may leave out
  std::string_view authorization{};      // the Authorization field
  std::string_view accept{};             // the Accept field
};

// Whether `request` needs AdminPages::refresh_metrics.
bool NeedsFreshMetrics(const AdminRequest& request);

// Whether a page with content may be shown to a request whose Host field is `host`: an IP address,
// "localhost", or `configured` (the host that the port was told to listen on), each with or without
// a port. In a DNS rebinding attack the browser sends another host, because a foreign name resolves
// to this address; the attacker's page must not read the answer.
bool IsServedHost(std::string_view host, std::string_view configured);

// The page for `request`; "/" is an index of the others. A host that IsServedHost refuses gets 421,
// and a client that is not authorized 401, except for probes, which reveal nothing.
AdminAnswer AnswerAdmin(const AdminPages& pages, const AdminRequest& request,
                        std::string_view configured_host);

}  // namespace modelgates::gateway
