// An alternative that the gateway does not use: libcurl's transfers on its multi socket API, with
// minimal options. Each concurrent POST has a handle that is reused; all share one list of headers.
//
// usage: curl_post BASE_URL CA_FILE IN_FLIGHT POSTS REQUEST_FILE
// Prints PostReport; connecting is not measured.
#include <curl/curl.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "base/epoll_loop.h"
#include "http/curl_multi.h"
#include "post_report.h"
#include "prepared_request.h"

namespace modelgates::bench {
namespace {

size_t Append(char* data, size_t, size_t size, void* answer) {
  static_cast<std::string*>(answer)->append(data, size);
  return size;
}

class Client {
 public:
  Client(const std::string& base_url, const std::string& ca_file, PreparedRequest prepared,
         size_t in_flight, PostReport& report)
      : prepared_(std::move(prepared)),
        url_(base_url + "/auth/keys/code"),
        ca_file_(ca_file),
        report_(report) {
    for (const auto& [name, value] : prepared_.headers) {
      if (name == "Host" || name == "Content-Length") continue;
      headers_ = curl_slist_append(headers_, (name + ": " + value).c_str());
    }
    // Disables "Expect: 100-continue".
    headers_ = curl_slist_append(headers_, "Expect:");
    for (size_t i = 0; i < in_flight; ++i) slots_.push_back(std::make_unique<Slot>(*this));
  }
  ~Client() {
    slots_.clear();
    curl_slist_free_all(headers_);
  }

  void Post() {
    for (const auto& slot : slots_) slot->Send();
    loop_.Run();
  }

 private:
  class Slot final : public gateway::ConnectListener {
   public:
    explicit Slot(Client& client) : client_(client), easy_(curl_easy_init()) {
      const auto set = [&](CURLoption option, auto value) {
        if (curl_easy_setopt(easy_, option, value) != CURLE_OK) std::abort();
      };
      set(CURLOPT_URL, client.url_.c_str());
      set(CURLOPT_POSTFIELDSIZE, static_cast<long>(client.prepared_.body.size()));
      set(CURLOPT_POSTFIELDS, client.prepared_.body.c_str());
      set(CURLOPT_HTTPHEADER, client.headers_);
      set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
      set(CURLOPT_NOSIGNAL, 1L);
      set(CURLOPT_PROXY, "");
      set(CURLOPT_NOPROXY, "");
      set(CURLOPT_BUFFERSIZE, 4096L);
      set(CURLOPT_WRITEFUNCTION, &Append);
      set(CURLOPT_WRITEDATA, &answer_);
      if (!client.ca_file_.empty()) set(CURLOPT_CAINFO, client.ca_file_.c_str());
    }
    ~Slot() { curl_easy_cleanup(easy_); }

    void Send() {
      if (!client_.report_.Start()) return;
      ++client_.running_;
      answer_.clear();
      sent_ = PostReport::Clock::now();
      client_.multi_.Add(easy_, *this);
    }

   private:
    void OnConnectDone(CURLcode code) override {
      long status = 0;
      curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
      if (code != CURLE_OK || status != 200 || answer_.empty()) {
        std::fputs("a POST failed\n", stderr);
        std::exit(1);
      }
      client_.report_.Answered(sent_);
      client_.multi_.Remove(easy_);
      --client_.running_;
      Send();
      if (client_.running_ == 0) client_.loop_.Stop();
    }

    Client& client_;
    CURL* const easy_;
    std::string answer_;
    PostReport::Clock::time_point sent_;
  };

  const PreparedRequest prepared_;
  const std::string url_;
  const std::string ca_file_;
  curl_slist* headers_ = nullptr;
  gateway::EpollLoop loop_;
  gateway::CurlMulti multi_{loop_};
  std::vector<std::unique_ptr<Slot>> slots_;
  PostReport& report_;
  size_t running_ = 0;
};

}  // namespace
}  // namespace modelgates::bench

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fputs("usage: curl_post BASE_URL CA_FILE IN_FLIGHT POSTS REQUEST_FILE\n", stderr);
    return 2;
  }
  curl_global_init(CURL_GLOBAL_DEFAULT);
  const size_t in_flight = std::strtoul(argv[3], nullptr, 10);
  modelgates::bench::PostReport report(in_flight, std::strtoul(argv[4], nullptr, 10));
  modelgates::bench::Client client(
      argv[1], argv[2], modelgates::bench::PreparedRequest::Read(argv[5]), in_flight, report);
  client.Post();
  report.Print();
}
