#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <stdexcept>

#include "sandbox/sandbox.h"
#include "scenarios.h"
#include "support/loopback.h"
#include "support/mounted_secret.h"
#include "support/subprocess.h"
#include "support/wait_until.h"

namespace modelgates::bench {
namespace {

constexpr int kRequestsPerConnection = 100;

// nginx with HTTP/2 by prior knowledge, in front of the sandbox. It ends each connection in order
// after so many requests, and writes down what it processed.
class EndingProxy {
 public:
  explicit EndingProxy(const std::string& upstream)
      : port_(gateway::FreePort()),
        files_({{"nginx.conf", Configuration(upstream)}}),
        process_({gateway::FindTool("nginx"), "-p", files_.folder(), "-c", files_ / "nginx.conf"}) {
    if (!gateway::WaitUntil([this] { return Listens(); }))
      throw std::runtime_error("nginx does not start: " + process_.err());
  }
  EndingProxy(const EndingProxy&) = delete;
  EndingProxy& operator=(const EndingProxy&) = delete;
  ~EndingProxy() {
    process_.Signal(SIGTERM);  // its workers end with it
    process_.WaitForExit();
  }

  std::string url() const { return fmt::format("http://127.0.0.1:{}/api/v1", port_); }

  // The exchanges that it processed, and the connections on which they came.
  struct Seen {
    size_t exchanges = 0;
    std::set<std::string> bodies;
    std::set<std::string> connections;
  };
  Seen Exchanges() const {
    Seen seen;
    std::ifstream file(files_.folder() + "/exchanges");
    std::string body;
    for (std::string connection; file >> connection && std::getline(file, body);) {
      ++seen.exchanges;
      seen.bodies.insert(body);
      seen.connections.insert(connection);
    }
    return seen;
  }

 private:
  static constexpr const char* kTemporary[] = {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"};

  std::string Configuration(const std::string& upstream) const {
    std::string paths;
    for (const char* name : kTemporary) paths += fmt::format("  {0}_temp_path {0};\n", name);
    return fmt::format(
        R"(daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr error;
events {{ worker_connections 4096; }}
http {{
{}  log_format bodies escape=json '$connection $request_body';
  access_log off;
  upstream sandbox {{ server {}; keepalive 1000; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{} http2;
    keepalive_requests {};
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    location / {{ proxy_pass http://sandbox; }}
    location = /api/v1/auth/keys {{ proxy_pass http://sandbox; access_log exchanges bodies; }}
  }}
}}
)",
        paths, upstream, port_, kRequestsPerConnection);
  }

  bool Listens() const {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = gateway::Loopback(port_);
    const bool connected =
        connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    close(fd);
    return connected;
  }

  const int port_;
  const gateway::MountedSecret files_;
  gateway::Subprocess process_;
};

}  // namespace

std::vector<Promise> EndedConnections() {
  sandbox::SandboxOptions options;
  options.latency = std::chrono::milliseconds(5);
  sandbox::Sandbox sandbox(options);
  if (!sandbox.Start().ok()) throw std::runtime_error("the sandbox does not start");
  const EndingProxy proxy(sandbox.address());
  gateway::GatewayProcess gateway({"--upstream=" + proxy.url(), "--upstream_http=2"});
  if (!gateway.WaitUntilListening()) {
    throw std::runtime_error("the gateway does not start: " + gateway.err());
  }
  OpenLoop callers(gateway.grpc_address());
  const std::vector<Ended> calls =
      callers.Offer({.calls_per_second = 500, .duration = Seconds(20), .exchanges = 1});

  const EndingProxy::Seen seen = proxy.Exchanges();
  const size_t twice = seen.exchanges - seen.bodies.size();
  const size_t connections = seen.connections.size();
  const size_t least = calls.size() / kRequestsPerConnection;
  const size_t unknown =
      static_cast<size_t>(std::count_if(calls.begin(), calls.end(), [](const Ended& call) {
        return call.reason == "EXCHANGE_OUTCOME_UNKNOWN";
      }));
  // The sandbox does not know these codes, and says so.
  const double answered =
      ShareOf(calls, [](const Ended& call) { return call.reason == "FORBIDDEN"; });
  return {{fmt::format("nginx ends HTTP/2 connections every {} requests, {} exchanges at 500/s: "
                       "connections",
                       kRequestsPerConnection, calls.size()),
           fmt::format("{}", connections), fmt::format("at least {}", least), connections >= least},
          {"the same: codes that the upstream processed twice", fmt::format("{}", twice), "0",
           twice == 0 && seen.exchanges >= calls.size()},
          {"the same: exchanges of unknown outcome", fmt::format("{}", unknown), "0", unknown == 0},
          {"the same: exchanges that get the answer", Percent(answered), "100%", answered == 1}};
}

}  // namespace modelgates::bench
