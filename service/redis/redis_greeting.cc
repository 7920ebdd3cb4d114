#include "redis/redis_greeting.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.h"

namespace modelgates::gateway {
namespace {

constexpr size_t kMaxCommandBytes = 64 * 1024;
constexpr std::string_view kRole[] = {"ROLE"};
constexpr std::string_view kScript[] = {"EVAL", "return 'OK'", "0"};

bool IsOk(const RedisResult& result) {
  const auto* reply = std::get_if<RedisReply>(&result);
  return reply != nullptr && reply->text == "OK" &&
         (reply->type == RedisReply::Type::kStatus || reply->type == RedisReply::Type::kString);
}

// The server refuses the login, as opposed to one that is not ready (LOADING).
bool IsRefusal(const std::string& word) {
  return word == "WRONGPASS" || word == "NOAUTH" || word == "NOPERM" || word == "ERR";
}

}  // namespace

RedisConnectError ToRedisConnectError(const RedisResult& unexpected) {
  if (const auto* failure = std::get_if<RedisFailure>(&unexpected)) {
    return {RedisFailure::kDown, std::string(ToString(*failure))};
  }
  const auto& reply = std::get<RedisReply>(unexpected);
  if (reply.type != RedisReply::Type::kError) return {RedisFailure::kDown, "garbage"};
  const std::string word = ErrorWord(reply);
  if (IsRefusal(word)) return {RedisFailure::kRefused, "refused", "", word};
  return {RedisFailure::kDown, "not_ready", "", word};
}

Task<std::optional<RedisConnectError>> GreetRedis(std::shared_ptr<RedisLink> link,
                                                  const RedisUrl& url, TimePoint deadline) {
  std::vector<std::string> commands;
  if (!url.password.empty()) {
    std::vector<std::string_view> login = {"AUTH"};
    if (!url.user.empty()) login.push_back(url.user);
    login.push_back(url.password.Reveal());
    commands.push_back(FormatRedisCommand(login, kMaxCommandBytes));
  }
  // A server that permits no scripts is refused here, not at the first exchange.
  commands.push_back(FormatRedisCommand(kScript, kMaxCommandBytes));
  // Also for database 0, the default: a server is up when it has answered.
  const std::string database = fmt::format("{}", url.database);
  const std::vector<std::string_view> select = {"SELECT", database};
  commands.push_back(FormatRedisCommand(select, kMaxCommandBytes));

  for (std::string& command : commands) {
    Task<RedisResult> call = link->Call(std::move(command), deadline);
    Wipe(command);  // a move may leave a copy
    const RedisResult result = co_await call;
    if (!IsOk(result)) co_return ToRedisConnectError(result);
  }
  if (url.sentinels.empty()) co_return std::nullopt;
  Task<std::optional<RedisConnectError>> role = CheckRedisRole(link, deadline);
  co_return co_await role;
}

Task<std::optional<RedisConnectError>> CheckRedisRole(std::shared_ptr<RedisLink> link,
                                                      TimePoint deadline) {
  Task<RedisResult> call = link->Call(FormatRedisCommand(kRole, kMaxCommandBytes), deadline);
  const RedisResult result = co_await call;
  const auto* reply = std::get_if<RedisReply>(&result);
  if (reply == nullptr || reply->elements.empty()) co_return ToRedisConnectError(result);
  if (reply->elements[0].text == "master") co_return std::nullopt;
  co_return RedisConnectError{RedisFailure::kDown, std::string(kNotMaster)};
}

}  // namespace modelgates::gateway
