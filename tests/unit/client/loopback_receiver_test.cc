#include "modelgates/oauth/loopback_receiver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <list>

namespace modelgates::oauth {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using asio::ip::tcp;
using testing::HasSubstr;
using testing::StartsWith;

// A connection that says what it is told.
class RawConnection {
 public:
  explicit RawConnection(int port) {
    socket_.connect({asio::ip::address_v4::loopback(), static_cast<unsigned short>(port)});
  }

  // False when the other side has closed.
  bool Send(std::string_view bytes) {
    boost::system::error_code error;
    asio::write(socket_, asio::buffer(bytes.data(), bytes.size()), error);
    return !error;
  }
  // All until the other side closes.
  std::string Receive() {
    std::string all;
    boost::system::error_code end;
    asio::read(socket_, asio::dynamic_buffer(all), end);
    return all;
  }

 private:
  asio::io_context io_;
  tcp::socket socket_{io_};
};

class Loopback : public testing::Test {
 protected:
  Loopback() : receiver_(*LoopbackReceiver::Listen({.app_name = "My <App>"})) {
    const std::string& url = receiver_.callback_url();
    const size_t colon = url.rfind(':');
    const size_t slash = url.find('/', colon);
    port_ = std::stoi(url.substr(colon + 1));
    target_ = url.substr(slash);
    browser_.emplace("127.0.0.1", port_);
    browser_->set_read_timeout(20s);
    browser_->set_follow_location(true);
  }

  // And says how the login ended, when it has come so far.
  void Wait(std::chrono::milliseconds timeout = 60s, std::stop_token stop = {},
            LoginOutcome outcome = LoginOutcome::kSignedIn) {
    code_ = std::async(std::launch::async, [this, timeout, stop, outcome] {
      Result<SecretText> code = receiver_.Wait(timeout, stop);
      receiver_.Finish(outcome);
      return code;
    });
  }

  // Of the very request, which is not followed.
  httplib::Result GetOnce(const std::string& target) {
    browser_->set_follow_location(false);
    httplib::Result result = browser_->Get(target.c_str());
    browser_->set_follow_location(true);
    return result;
  }

  // The status; 0 when there was no answer.
  int Get(const std::string& target, const httplib::Headers& headers = {}) {
    const httplib::Result result = browser_->Get(target.c_str(), headers);
    return result ? result->status : 0;
  }

  void ExpectStillOpen() {
    EXPECT_EQ(Get(target_ + "&code=c-1"), 200);
    const Result<SecretText> code = code_.get();
    ASSERT_TRUE(code.ok()) << code.error();
    EXPECT_EQ(code->Reveal(), "c-1");
  }

  LoopbackReceiver receiver_;
  int port_ = 0;
  std::string target_;  // of the callback, with its state
  std::optional<httplib::Client> browser_;
  std::future<Result<SecretText>> code_;
};

TEST_F(Loopback, HasAPortOfItsOwnAndAStateThatNobodyGuesses) {
  EXPECT_THAT(receiver_.callback_url(), StartsWith("http://127.0.0.1:"));
  EXPECT_GT(port_, 1'023);
  EXPECT_THAT(target_, testing::MatchesRegex("/callback\\?state=[A-Za-z0-9_-]{43}"));
  EXPECT_NE(LoopbackReceiver::Listen()->callback_url(), receiver_.callback_url());
}

// ---- Pasted by the user

TEST_F(Loopback, TakesTheRedirectFromTheUser) {
  Wait();
  const std::string address = receiver_.callback_url() + "&code=c-1#top";
  EXPECT_EQ(receiver_.TakePasted(address), PastedRedirect::kTaken);
  const Result<SecretText> code = code_.get();
  ASSERT_TRUE(code.ok()) << code.error();
  EXPECT_EQ(code->Reveal(), "c-1");
}

TEST_F(Loopback, TakesAnAddressWithoutItsScheme) {
  Wait();
  const std::string address = receiver_.callback_url().substr(std::string("http://").size());
  EXPECT_EQ(receiver_.TakePasted(address + "&error=access_denied"), PastedRedirect::kTaken);
  const Result<SecretText> code = code_.get();
  ASSERT_FALSE(code.ok());
  EXPECT_EQ(code.error().reason_name, "access_denied");
}

TEST_F(Loopback, TakesNothingElseFromTheUser) {
  Wait();
  const std::string& url = receiver_.callback_url();
  const std::string other = url.substr(0, url.find("state=")) + "state=other";
  EXPECT_EQ(receiver_.TakePasted(other + "&code=c-2"), PastedRedirect::kOfAnotherLogin);
  for (const std::string& text :
       {std::string(), std::string("c-2"), url, url.substr(0, url.find('?')) + "?code=c-2",
        url + "&code=c-2&code=c-3", std::string("http://")}) {
    EXPECT_EQ(receiver_.TakePasted(text), PastedRedirect::kNone) << text;
  }
  ExpectStillOpen();
}

TEST_F(Loopback, KeepsTheRedirectThatArrivesFirst) {
  EXPECT_EQ(receiver_.TakePasted(receiver_.callback_url() + "&code=c-1"), PastedRedirect::kTaken);
  EXPECT_EQ(receiver_.TakePasted(receiver_.callback_url() + "&code=c-2"), PastedRedirect::kTaken);
  EXPECT_EQ(Get(target_ + "&code=c-3"), 404);
  EXPECT_EQ(receiver_.Wait(60s)->Reveal(), "c-1");
}

// ---- From the browser

TEST_F(Loopback, ReceivesTheCodeAndShowsAPage) {
  Wait();
  const httplib::Result result = browser_->Get((target_ + "&code=c-1").c_str());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 200);
  EXPECT_THAT(result->body, HasSubstr("go back to My &lt;App&gt;"));
  EXPECT_EQ(result->get_header_value("Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(result->get_header_value("Content-Security-Policy"), HasSubstr("default-src 'none'"));
  EXPECT_EQ(result->get_header_value("Cache-Control"), "no-store");
  EXPECT_EQ(result->get_header_value("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(result->get_header_value("X-Content-Type-Options"), "nosniff");
  const Result<SecretText> code = code_.get();
  ASSERT_TRUE(code.ok()) << code.error();
  EXPECT_EQ(code->Reveal(), "c-1");
}

TEST_F(Loopback, TellsOfADenial) {
  Wait();
  const httplib::Result result = browser_->Get((target_ + "&error=access_denied").c_str());
  ASSERT_TRUE(result);
  EXPECT_THAT(result->body, HasSubstr("Nothing was given to My &lt;App&gt;"));
  EXPECT_THAT(result->body, HasSubstr("ModelGates</p>"));
  // What the user wanted is no alarm.
  EXPECT_THAT(result->body, Not(HasSubstr("<main class=\"bad\">")));
  const Result<SecretText> code = code_.get();
  ASSERT_FALSE(code.ok());
  EXPECT_EQ(code.error().grpc_code, GrpcCode::kPermissionDenied);
  EXPECT_EQ(code.error().reason_name, "access_denied");
  EXPECT_EQ(code.error().message, "the user said no in the browser");
  EXPECT_EQ(code.error().reason, ErrorReason::kUnspecified);
}

// ---- How it ended

TEST_F(Loopback, TakesTheCodeOutOfTheAddressBar) {
  Wait();
  const httplib::Result result = GetOnce(target_ + "&code=c-1");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 303);
  EXPECT_THAT(result->get_header_value("Location"),
              testing::MatchesRegex("/end-[A-Za-z0-9_-]{43}"));
  EXPECT_EQ(result->get_header_value("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(result->get_header_value("Cache-Control"), "no-store");
  EXPECT_EQ(Get(result->get_header_value("Location")), 200);
  EXPECT_TRUE(code_.get().ok());
}

// The app has not said anything yet, so neither has the page.
TEST_F(Loopback, WaitsWithThePageForTheOutcome) {
  auto page = std::async(std::launch::async,
                         [this] { return browser_->Get((target_ + "&code=c-1").c_str()); });
  EXPECT_TRUE(receiver_.Wait(60s).ok());
  httplib::Client other("127.0.0.1", port_);
  const httplib::Result repeated = other.Get((target_ + "&code=c-1").c_str());
  ASSERT_TRUE(repeated);
  EXPECT_EQ(repeated->status, 303);
  EXPECT_EQ(page.wait_for(0s), std::future_status::timeout);
  receiver_.Finish(LoginOutcome::kNotSignedIn);
  const httplib::Result result = page.get();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 200);
  EXPECT_THAT(result->body, HasSubstr("You are not signed in"));
  EXPECT_THAT(result->body, HasSubstr("My &lt;App&gt; did not get its key"));
  EXPECT_THAT(result->body, HasSubstr("<main class=\"bad\">"));
}

TEST_F(Loopback, SendsTheUserBackWhenTheAppSaysNothing) {
  auto page = std::async(std::launch::async,
                         [this] { return browser_->Get((target_ + "&code=c-1").c_str()); });
  EXPECT_TRUE(receiver_.Wait(60s).ok());
  { const LoopbackReceiver gone = std::move(receiver_); }
  const httplib::Result result = page.get();
  ASSERT_TRUE(result);
  EXPECT_THAT(result->body, HasSubstr("Go back to the app"));
}

TEST_F(Loopback, SaysTheSameToASecondRedirect) {
  auto first = std::async(std::launch::async, [this] { return Get(target_ + "&code=c-1"); });
  const Result<SecretText> code = receiver_.Wait(60s);
  ASSERT_TRUE(code.ok());
  EXPECT_EQ(code->Reveal(), "c-1");
  const httplib::Result second =
      httplib::Client("127.0.0.1", port_).Get((target_ + "&code=c-2").c_str());
  ASSERT_TRUE(second);
  EXPECT_EQ(second->status, 303);
  receiver_.Finish(LoginOutcome::kSignedIn);
  EXPECT_EQ(first.get(), 200);
}

// ---- How it starts

TEST_F(Loopback, LeadsToThePageOnce) {
  const std::string page = "https://site.example/auth?callback_url=x&code_challenge=y";
  const std::string url = receiver_.StartUrl(page);
  EXPECT_THAT(url, testing::MatchesRegex("http://127\\.0\\.0\\.1:[0-9]+/start-[A-Za-z0-9_-]{43}"));
  const std::string target = url.substr(url.find("/start"));
  const httplib::Result first = GetOnce(target);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->status, 303);
  EXPECT_EQ(first->get_header_value("Location"), page);
  EXPECT_EQ(first->get_header_value("Referrer-Policy"), "no-referrer");
  const httplib::Result second = GetOnce(target);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->status, 410);
  EXPECT_THAT(second->body, HasSubstr("This link was used already"));
  EXPECT_FALSE(second->has_header("Location"));
  Wait();
  ExpectStillOpen();
}

// A browser may come before anybody waits.
TEST_F(Loopback, KeepsABrowserThatIsEarly) {
  auto status = std::async(std::launch::async, [this] { return Get(target_ + "&code=c-1"); });
  RawConnection after_it(port_);
  Wait();
  EXPECT_EQ(status.get(), 200);
  EXPECT_TRUE(code_.get().ok());
}

TEST_F(Loopback, ClosesThePortBehindTheRedirect) {
  Wait();
  EXPECT_EQ(Get(target_ + "&code=c-1"), 200);
  EXPECT_TRUE(code_.get().ok());
  EXPECT_EQ(Get(target_ + "&code=c-2"), 0);
  EXPECT_EQ(receiver_.Wait(1s).error().grpc_code, GrpcCode::kFailedPrecondition);
}

// ---- What is not the redirect

TEST_F(Loopback, AnswersNothingElse) {
  Wait();
  const std::string other_state = "/callback?state=" + std::string(43, 'a');
  const std::vector<std::string> targets = {"/",
                                            "/favicon.ico",
                                            target_,
                                            other_state + "&code=c-1",
                                            other_state + "&error=access_denied",
                                            "/callback?code=c-1",
                                            target_ + "&code=c-1&code=c-2"};
  for (const std::string& target : targets) {
    EXPECT_EQ(Get(target), 404) << target;
  }
  EXPECT_EQ(browser_->Post((target_ + "&code=c-1").c_str(), "", "text/plain")->status, 404);
  EXPECT_EQ(browser_->Head((target_ + "&code=c-1").c_str())->status, 404);
  ExpectStillOpen();
}

// An old tab finds words, too, and the same policy; but not whose port this is.
TEST_F(Loopback, ShowsAPageToWhateverElseComes) {
  Wait();
  const httplib::Result result = browser_->Get("/callback?state=old&code=c-1");
  ASSERT_TRUE(result);
  EXPECT_THAT(result->body, HasSubstr("There is nothing here"));
  EXPECT_THAT(result->body, testing::Not(HasSubstr("App")));
  EXPECT_THAT(result->get_header_value("Content-Security-Policy"), HasSubstr("default-src 'none'"));
  ExpectStillOpen();
}

// A page whose name was made to resolve to this address has its own name in Host.
TEST_F(Loopback, AnswersNoOtherHost) {
  Wait();
  EXPECT_EQ(Get(target_ + "&code=c-1", {{"Host", "evil.example:" + std::to_string(port_)}}), 404);
  EXPECT_EQ(Get(target_ + "&code=c-1", {{"Host", "127.0.0.1"}}), 404);
  RawConnection without(port_);
  without.Send("GET " + target_ + "&code=c-1 HTTP/1.1\r\n\r\n");
  EXPECT_THAT(without.Receive(), StartsWith("HTTP/1.1 404"));
  ExpectStillOpen();
}

// The cookies of every server on 127.0.0.1, whatever its port.
TEST_F(Loopback, TakesTheCookiesOfOthers) {
  Wait();
  EXPECT_EQ(Get(target_ + "&code=c-1", {{"Cookie", std::string(60'000, 'a')}}), 200);
  EXPECT_TRUE(code_.get().ok());
}

TEST_F(Loopback, SaysWhatToDoAboutTooManyCookies) {
  Wait();
  for (const size_t bytes : {66'000u, 400'000u}) {
    RawConnection browser(port_);
    browser.Send("GET " + target_ + "&code=c-1 HTTP/1.1\r\nHost: 127.0.0.1:" +
                 std::to_string(port_) + "\r\nCookie: " + std::string(bytes, 'a') + "\r\n\r\n");
    const std::string answer = browser.Receive();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 431 "));
    EXPECT_THAT(answer, HasSubstr("open the link of the login in a private window"));
  }
  ExpectStillOpen();
}

TEST_F(Loopback, StandsWhatIsNoHttp) {
  Wait();
  for (const std::string& bytes :
       {std::string("\x16\x03\x01\x02\x00", 5), std::string("GET\r\n\r\n"), std::string(100, '\0'),
        "GET " + std::string(70'000, 'a') + " HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nA: " + std::string(70'000, 'a') + "\r\n\r\n",
        "POST " + target_ + "&code=c-1 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) +
            "\r\nContent-Length: 1000000\r\n\r\n"}) {
    RawConnection hostile(port_);
    hostile.Send(bytes);
    EXPECT_THAT(hostile.Receive(), testing::Not(HasSubstr(" 200 "))) << bytes.substr(0, 20);
  }
  ExpectStillOpen();
}

// ---- Those who take their time

TEST_F(Loopback, IsNotBlockedByConnectionsThatSayNothing) {
  Wait();
  std::list<RawConnection> silent;
  for (int i = 0; i < 100; ++i) silent.emplace_back(port_);
  std::list<RawConnection> slow;
  for (int i = 0; i < 10; ++i) slow.emplace_back(port_).Send("GET /call");
  ExpectStillOpen();
}

// The 33rd connection ends the first, long before its time is up.
TEST_F(Loopback, DropsTheOldestOfTooManyConnections) {
  Wait();
  RawConnection oldest(port_);
  std::list<RawConnection> more;
  for (int i = 0; i < 32; ++i) more.emplace_back(port_);
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(oldest.Receive(), "");
  EXPECT_LT(std::chrono::steady_clock::now() - started, 4s);
  ExpectStillOpen();
}

TEST_F(Loopback, ClosesAConnectionThatTakesTooLong) {
  Wait();
  RawConnection slow(port_);
  slow.Send("GET ");
  EXPECT_EQ(slow.Receive(), "");
  ExpectStillOpen();
}

// ---- When nobody comes

TEST_F(Loopback, GivesUpWhenTheTimeIsOver) {
  const auto started = std::chrono::steady_clock::now();
  Wait(50ms);
  EXPECT_EQ(code_.get().error().grpc_code, GrpcCode::kDeadlineExceeded);
  EXPECT_GE(std::chrono::steady_clock::now() - started, 50ms);
  EXPECT_EQ(Get("/"), 0);
}

TEST_F(Loopback, TellsThatARedirectOfAnotherLoginCame) {
  EXPECT_EQ(Get("/callback?state=old&code=c-1"), 404);
  Wait(1ms);
  const Result<SecretText> code = code_.get();
  EXPECT_EQ(code.error().grpc_code, GrpcCode::kDeadlineExceeded);
  EXPECT_THAT(code.error().message, HasSubstr("a redirect of another login came"));
}

TEST_F(Loopback, GivesUpWhenItIsStopped) {
  std::stop_source source;
  Wait(std::chrono::milliseconds::max(), source.get_token());
  EXPECT_EQ(Get("/"), 404);
  source.request_stop();
  EXPECT_EQ(code_.get().error().grpc_code, GrpcCode::kCancelled);
}

TEST_F(Loopback, GivesUpWhenItWasStoppedBefore) {
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(receiver_.Wait(60s, source.get_token()).error().grpc_code, GrpcCode::kCancelled);
}

// ---- Options

TEST(LoopbackOptions, NameAllThatIsWrong) {
  const auto receiver = LoopbackReceiver::Listen({.path = "cb?x", .port = 65'536});
  ASSERT_FALSE(receiver.ok());
  ASSERT_EQ(receiver.error().field_violations.size(), 2u);
  EXPECT_EQ(receiver.error().field_violations[0].field, "path");
  EXPECT_EQ(receiver.error().field_violations[1].field, "port");
}

TEST(LoopbackOptions, TakeAPortThatIsFreeAndNoOther) {
  const auto first = LoopbackReceiver::Listen();
  ASSERT_TRUE(first.ok());
  const std::string& url = first->callback_url();
  const int port = std::stoi(url.substr(url.rfind(':') + 1));
  const auto second = LoopbackReceiver::Listen({.port = port});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().grpc_code, GrpcCode::kUnavailable);
  EXPECT_EQ(second.error().message,
            "cannot listen on 127.0.0.1:" + std::to_string(port) + ": Address already in use");
}

}  // namespace
}  // namespace modelgates::oauth
