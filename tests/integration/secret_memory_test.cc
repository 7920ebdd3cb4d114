#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>

#include "integration/call_messages.h"
#include "support/fake_upstream.h"
#include "support/gateway_client.h"
#include "support/gateway_process.h"
#include "support/process_memory.h"
#include "support/temporary_folder.h"

namespace modelgates::gateway {
namespace {

constexpr int kExchanges = 200;
constexpr int kRefusals = 200;

// Each secret begins and ends with eight bytes of its own: what is overwritten in part counts.
std::string SecretText(char kind, int number) {
  return fmt::format("zq7{0}{1:04}-abcdefgh-ijklmnop-qrstuvw-qz9{0}{1:04}", kind, number);
}

using Counts = std::map<char, size_t>;

// How many secrets of each kind a core dump could show.
std::optional<Counts> SecretsInMemoryOf(pid_t pid) {
  std::map<char, std::set<std::string>> found;
  const bool readable = ReadDumpableMemory(pid, [&](std::string_view piece) {
    for (const char* const mark : {"zq7", "qz9"}) {
      std::string_view rest = piece;
      while (const void* at = memmem(rest.data(), rest.size(), mark, 3)) {
        rest.remove_prefix(static_cast<size_t>(static_cast<const char*>(at) - rest.data()));
        if (rest.size() < 8) break;
        const std::string_view number = rest.substr(4, 4);
        if (number.find_first_not_of("0123456789") == std::string_view::npos) {
          found[rest[3]].emplace(number);
        }
        rest.remove_prefix(3);
      }
    }
  });
  if (!readable) return std::nullopt;
  Counts counts;
  for (const auto& [kind, numbers] : found) counts[kind] = numbers.size();
  return counts;
}

// Exchanges and refusals, each with a code, a verifier and a bearer of its own, then an ordinary
// call.
void Serve(FakeUpstream& upstream, GatewayClient& client) {
  for (int i = 0; i < kExchanges + kRefusals; ++i) {
    const bool refused = i >= kExchanges;
    upstream.SetDefault(
        kExchangePath,
        refused ? Answer::Json(403, ErrorBody(403, "no"))
                : Answer::Json(200, R"({"key":")" + SecretText('k', i) + R"(","user_id":"u"})"));
    oauth::v1::ExchangeAuthCodeRequest request;
    request.set_code(SecretText('c', i));
    request.set_code_verifier(SecretText('v', i));
    const auto called =
        client.Exchange(request, {.metadata = {{"authorization", "Bearer " + SecretText('b', i)}}});
    ASSERT_EQ(called.ok(), !refused) << called.status.error_message();
  }
}

std::string Text(const Counts& counts) {
  std::string text;
  for (const auto& [kind, number] : counts) text += fmt::format("{}: {} ", kind, number);
  return text;
}

size_t Count(const Counts& counts, char kind) {
  const auto found = counts.find(kind);
  return found == counts.end() ? 0 : found->second;
}

bool EachAtMost(size_t most, const Counts& counts) {
  return std::all_of(counts.begin(), counts.end(),
                     [most](const auto& row) { return row.second <= most; });
}

bool HasNoKey(const Counts& counts) { return Count(counts, 'k') == 0 && Count(counts, 's') == 0; }

// Looks until it is `as_wanted`, 100 times at most: a caller has its answer before the gateway has
// freed the call, and a closed connection takes time to be noticed.
std::optional<Counts> SecretsAtRest(pid_t pid,
                                    const std::function<bool(const Counts&)>& as_wanted) {
  std::optional<Counts> found = SecretsInMemoryOf(pid);
  for (int looks = 1; looks < 100 && found && !as_wanted(*found); ++looks) {
    found = SecretsInMemoryOf(pid);
  }
  return found;
}

// A secret is found where it is, or the other test proves nothing.
TEST(ProcessMemory, FindsWhatIsThere) {
  const std::string held = SecretText('t', 1);
  const auto found = SecretsInMemoryOf(getpid());
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->count('t'), 1U) << held;
}

// Where the gateway's bearers come from.
struct KeySource {
  std::string name;
  std::string mode;  // --credential_mode
  bool in_file = false;
  bool http2 = false;  // upstream
};

class SecretMemory : public testing::TestWithParam<KeySource> {
 protected:
  SecretMemory() { WriteKey(0); }

  // Replaces the file in one step, as secret mounts do.
  void WriteKey(int number) {
    std::ofstream(folder_ / "fresh") << SecretText('s', number);
    std::filesystem::rename(folder_ / "fresh", folder_ / "key");
  }

  const TemporaryFolder folder_{"secret-memory"};
};

// Given a gateway that has served exchanges and refusals, each with secrets of its own, and whose
// key file has changed, when a core of it were taken, then it would show what is said in
// SECURITY.md and no more.
TEST_P(SecretMemory, HoldsNearlyNothingOfCallsThatAreOver) {
  // gRPC's read buffer of a connection has 8 KiB: the last calls that came on it.
  constexpr size_t kMostOfAConnection = 64;
  // Registers that were saved on a stack.
  constexpr size_t kMostOfAll = 2;
  const KeySource& source = GetParam();
  const bool is_service = source.mode == "service";
  FakeUpstream upstream({.http2 = source.http2});
  std::vector<std::string> flags = {"--upstream=" + upstream.url() + "/api/v1",
                                    "--credential_mode=" + source.mode, "--log_level=debug"};
  if (source.http2) flags.push_back("--upstream_http=2");
  if (source.in_file) flags.push_back("--api_key_file=" + (folder_ / "key").string());
  GatewayProcess gateway(
      flags,
      {is_service && !source.in_file ? "MODELGATES_API_KEY=" + SecretText('s', 0) : "UNUSED="});
  ASSERT_TRUE(gateway.WaitUntilListening()) << gateway.err();
  if (source.in_file) {
    WriteKey(1);
    ASSERT_TRUE(gateway.WaitForEvent("reloaded"));
  }
  auto client = std::make_optional<GatewayClient>(gateway.grpc_address());
  Serve(upstream, *client);
  if (is_service) {
    EXPECT_EQ(upstream.Requests().back().Header("authorization"),
              "Bearer " + SecretText('s', source.in_file ? 1 : 0));
  }

  std::optional<Counts> left = SecretsAtRest(gateway.pid(), HasNoKey);
  ASSERT_TRUE(left.has_value()) << "only root may read the memory of the gateway";
  EXPECT_EQ(Count(*left, 'k'), 0U) << Text(*left);
  EXPECT_EQ(Count(*left, 's'), 0U) << Text(*left);
  EXPECT_TRUE(EachAtMost(kMostOfAConnection, *left)) << Text(*left);

  client.reset();
  left = SecretsAtRest(gateway.pid(), [](const Counts& counts) {
    return EachAtMost(kMostOfAll, counts) && HasNoKey(counts);
  });
  ASSERT_TRUE(left.has_value());
  EXPECT_TRUE(EachAtMost(kMostOfAll, *left)) << Text(*left);
  EXPECT_EQ(Count(*left, 'k'), 0U) << Text(*left);
  EXPECT_EQ(Count(*left, 's'), 0U) << Text(*left);
  EXPECT_EQ(gateway.Terminate(), 0);
}

INSTANTIATE_TEST_SUITE_P(Sources, SecretMemory,
                         testing::Values(KeySource{"Callers", "passthrough"},
                                         KeySource{"Environment", "service"},
                                         KeySource{"File", "service", true},
                                         KeySource{"CallersHttp2", "passthrough", false, true}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace modelgates::gateway
