#include "admin/admin_server.h"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "admin/bounded_http_server.h"

namespace modelgates::gateway {
namespace {

using httplib::Request;
using httplib::Response;

constexpr const char* kPlain = "text/plain; charset=utf-8";
constexpr const char* kExposition = "text/plain; version=0.0.4; charset=utf-8";

struct Page {
  int status = 404;
  std::string body = "not found\n";
  const char* type = kPlain;
};

Page ProbePage(const std::function<bool()>& probe) {
  if (!probe || probe()) return {200, "ok\n", kPlain};
  return {503, "unavailable\n", kPlain};
}

Page TextPage(const std::function<std::string()>& text, const char* type) {
  if (!text) return {};
  return {200, text(), type};
}

Page Answer(const AdminPages& pages, const std::string& path) {
  if (path == "/livez") return ProbePage(pages.live);
  if (path == "/readyz") return ProbePage(pages.ready);
  if (path == "/metrics") return TextPage(pages.metrics, kExposition);
  if (path == "/configz") return TextPage(pages.settings, kPlain);
  return {};
}

}  // namespace

AdminServer::AdminServer(AdminPages pages)
    : pages_(std::move(pages)), http_(std::make_unique<BoundedHttpServer>()) {
  http_->set_default_headers(
      {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}});
  // Everything is answered before httplib's routes, which are regular expressions.
  http_->set_pre_routing_handler([this](const Request& request, Response& response) {
    const bool reads = request.method == "GET" || request.method == "HEAD";
    const Page page =
        reads ? Answer(pages_, request.path) : Page{405, "only GET and HEAD\n", kPlain};
    if (!reads) response.set_header("Allow", "GET, HEAD");
    response.status = page.status;
    response.set_content(page.body, page.type);
    return httplib::Server::HandlerResponse::Handled;
  });
}

AdminServer::~AdminServer() { Stop(); }

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(const std::string& listen,
                                                                AdminPages pages) {
  const size_t colon = listen.rfind(':');
  const std::string name = listen.substr(0, colon);
  int port = 0;
  if (colon != std::string::npos) {
    std::from_chars(listen.data() + colon + 1, listen.data() + listen.size(), port);
  }
  const bool brackets = name.starts_with('[') && name.ends_with(']');
  const std::string host = brackets ? name.substr(1, name.size() - 2) : name;

  std::unique_ptr<AdminServer> server(new AdminServer(std::move(pages)));
  BoundedHttpServer& http = *server->http_;
  errno = 0;
  if (port == 0) {
    port = http.bind_to_any_port(host);
  } else if (!http.bind_to_port(host, port)) {
    port = -1;
  }
  if (port < 0) {
    const int error = errno;
    return absl::UnavailableError(fmt::format("cannot listen on {}: {}", listen,
                                              error ? std::strerror(error) : "no such address"));
  }
  server->port_ = port;
  server->address_ = fmt::format("{}:{}", name, port);
  server->thread_ = std::thread([&http] { http.listen_after_bind(); });
  // Until it runs, httplib's stop() does nothing, and a Stop right after this would wait for ever.
  while (!http.is_running()) std::this_thread::yield();
  return server;
}

void AdminServer::Stop() {
  http_->Stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace modelgates::gateway
