// Only the gateway's transport: a fixed number of concurrent POSTs through CurlTransport.
//
// usage: transport_post BASE_URL CA_FILE IN_FLIGHT POSTS REQUEST_FILE
// Prints PostReport; connecting is not measured.
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "base/epoll_loop.h"
#include "base/task.h"
#include "http/curl_transport.h"
#include "post_report.h"
#include "prepared_request.h"

namespace modelgates::bench {
namespace {

using gateway::HttpRequest;
using gateway::HttpResponse;
using gateway::HttpResult;
using gateway::Task;

bool IsAddedByTransport(std::string_view name) {
  return name == "Host" || name == "Accept" || name == "Content-Type" || name == "Content-Length";
}

class Client {
 public:
  Client(const char* base_url, const char* ca_file, const PreparedRequest& prepared)
      : transport_(loop_, Options(base_url, ca_file)), request_("/auth/keys/code") {
    for (const auto& [name, value] : prepared.headers) {
      if (!IsAddedByTransport(name)) request_.AddHeader(name, value);
    }
    request_.set_body(prepared.body);
  }

  void Post(size_t in_flight, PostReport& report) {
    for (size_t i = 0; i < in_flight; ++i) Spawn(PostInTurn(report));
    loop_.Run();
  }

 private:
  static gateway::TransportOptions Options(const char* base_url, const char* ca_file) {
    gateway::TransportOptions options;
    options.base_url = base_url;
    options.ca_file = ca_file;
    options.user_agent = "transport-post";
    return options;
  }

  Task<void> PostInTurn(PostReport& report) {
    ++running_;
    while (report.Start()) {
      const auto sent = PostReport::Clock::now();
      Task<HttpResult> sending = transport_.Send(request_, {});
      const HttpResult result = co_await sending;
      const auto* answer = std::get_if<HttpResponse>(&result);
      if (answer == nullptr || answer->status != 200) {
        std::fputs("a POST failed\n", stderr);
        std::exit(1);
      }
      report.Answered(sent);
    }
    if (--running_ == 0) loop_.Stop();
  }

  gateway::EpollLoop loop_;
  gateway::CurlTransport transport_;
  HttpRequest request_;
  size_t running_ = 0;
};

}  // namespace
}  // namespace modelgates::bench

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fputs("usage: transport_post BASE_URL CA_FILE IN_FLIGHT POSTS REQUEST_FILE\n", stderr);
    return 2;
  }
  const size_t in_flight = std::strtoul(argv[3], nullptr, 10);
  modelgates::bench::PostReport report(in_flight, std::strtoul(argv[4], nullptr, 10));
  modelgates::bench::Client client(argv[1], argv[2],
                                   modelgates::bench::PreparedRequest::Read(argv[5]));
  client.Post(in_flight, report);
  report.Print();
}
