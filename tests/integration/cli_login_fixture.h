#pragma once

#include <httplib.h>

#include <regex>

#include "integration/cli_fixture.h"
#include "sandbox/sandbox.h"
#include "support/terminal_process.h"

namespace modelgates::gateway {

// `login` against a ModelGates with its real rules; the test is the browser.
class CliLogin : public CliTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(sandbox_.Start().ok());
    config_.upstream = sandbox_.base_url();
  }

  std::unique_ptr<Subprocess> Login(std::vector<std::string> more,
                                    const std::vector<std::string>& env = {}) {
    more.insert(more.begin(), {"login", "--site", "http://" + sandbox_.address()});
    return Start(more, "", env);
  }

  // The same where a person types.
  std::unique_ptr<TerminalProcess> LoginAtTerminal(const std::vector<std::string>& more) {
    std::vector<std::string> args = {CLI_BINARY, "login", "--site", "http://" + sandbox_.address(),
                                     "--no-browser"};
    args.insert(args.end(), more.begin(), more.end());
    return std::make_unique<TerminalProcess>(args, Environment());
  }

  // The URL of the page, as the command shows it; its parameters, decoded.
  static httplib::Params PageOf(const Subprocess& login) {
    const std::regex url("  (http://[^\n]*)\n");
    std::smatch found;
    std::string shown;
    EXPECT_TRUE(login.WaitForErrors([&](const std::string& err) {
      shown = err;
      return std::regex_search(shown, found, url);
    })) << login.err();
    return Parse(found[1]);
  }
  static httplib::Params PageOf(const TerminalProcess& login) {
    EXPECT_TRUE(login.WaitForScreen("pasted here (not shown): ")) << login.screen();
    const std::string screen = login.screen();
    const size_t start = screen.find("  http://");
    return Parse(screen.substr(start, screen.find("\r\n", start) - start));
  }
  static httplib::Params Parse(const std::string& url) {
    httplib::Params params;
    httplib::detail::parse_query_text(url.substr(url.find('?') + 1), params);
    return params;
  }

  // A code of the challenge on the page, as if the user had approved.
  std::string Approve(const httplib::Params& page) {
    httplib::Client api("http://" + sandbox_.address());
    const nlohmann::json body{
        {"callback_url", page.find("callback_url")->second},
        {"code_challenge", page.find("code_challenge")->second},
        {"code_challenge_method", page.find("code_challenge_method")->second}};
    const auto created = api.Post("/api/v1/auth/keys/code", body.dump(), "application/json");
    EXPECT_EQ(created->status, 200) << created->body;
    return nlohmann::json::parse(created->body)["data"]["id"];
  }

  // Sends the browser back, with `more` added to the callback's query. What it is shown in the end.
  static std::string GoBack(const httplib::Params& page, const std::string& more) {
    const std::string callback = page.find("callback_url")->second;
    const size_t path = callback.find('/', callback.find("://") + 3);
    httplib::Client browser(callback.substr(0, path));
    browser.set_follow_location(true);
    browser.set_read_timeout(std::chrono::seconds(60));
    const auto answer = browser.Get((callback.substr(path) + "&" + more).c_str());
    EXPECT_TRUE(answer);
    return answer ? answer->body : "";
  }

  sandbox::Sandbox sandbox_{sandbox::SandboxOptions{}};
};

}  // namespace modelgates::gateway
