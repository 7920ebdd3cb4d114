#include "exchange/shared/sealed_record.h"

#include <absl/strings/escaping.h>
#include <gmock/gmock.h>

#include <set>

namespace modelgates::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr size_t kOverhead = 1 + 32 + 12 + 16;

const std::string kIndex(32, 'i');

std::string Sealed(const RecordSeal& seal, std::string_view record) {
  std::optional<std::string> sealed = seal.Seal(record, kIndex);
  EXPECT_TRUE(sealed.has_value());
  return sealed.value_or("");
}

TEST(SealedRecord, IsOpenedByTheSameCodeAndVerifier) {
  const RecordSeal seal("code", "verifier");
  const RecordSeal other_gateway("code", "verifier");
  for (const std::string& record : {std::string(), std::string("sk-1"), std::string("\0\xff\0", 3),
                                    std::string(300'000, 'r')}) {
    const std::string sealed = Sealed(seal, record);
    EXPECT_EQ(sealed.size(), record.size() + kOverhead);
    EXPECT_TRUE(other_gateway.Open(sealed, kIndex) == record);
  }
}

TEST(SealedRecord, ShowsNothingOfWhatItHolds) {
  const RecordSeal seal("canary-code", "canary-verifier");
  const std::string sealed = Sealed(seal, "canary-record canary-record canary-record");
  EXPECT_THAT(sealed, Not(HasSubstr("canary")));
}

TEST(SealedRecord, IsNeverTheSameTwice) {
  const RecordSeal seal("code", "verifier");
  std::set<std::string> salts_and_nonces;
  for (int i = 0; i < 100; ++i) salts_and_nonces.insert(Sealed(seal, "record").substr(1, 44));
  EXPECT_EQ(salts_and_nonces.size(), 100u);
}

TEST(SealedRecord, IsNotOpenedByAnotherCodeVerifierOrIndex) {
  const RecordSeal seal("code", "verifier");
  const std::string sealed = Sealed(seal, "record");
  EXPECT_FALSE(RecordSeal("code2", "verifier").Open(sealed, kIndex));
  EXPECT_FALSE(RecordSeal("code", "verifier2").Open(sealed, kIndex));
  EXPECT_FALSE(RecordSeal("codev", "erifier").Open(sealed, kIndex));
  EXPECT_FALSE(RecordSeal("", "codeverifier").Open(sealed, kIndex));
  EXPECT_FALSE(seal.Open(sealed, std::string(32, 'j')));
  EXPECT_FALSE(seal.Open(sealed, ""));
}

TEST(SealedRecord, IsNotOpenedOnceAnyBitIsAnother) {
  const RecordSeal seal("code", "verifier");
  const std::string sealed = Sealed(seal, "a record");
  for (size_t i = 0; i < sealed.size() * 8; ++i) {
    std::string changed = sealed;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << (i % 8)));
    EXPECT_FALSE(seal.Open(changed, kIndex)) << "bit " << i;
  }
}

TEST(SealedRecord, IsNotOpenedCutOrLengthened) {
  const RecordSeal seal("code", "verifier");
  const std::string sealed = Sealed(seal, "a record");
  for (size_t length = 0; length < sealed.size(); ++length) {
    EXPECT_FALSE(seal.Open(sealed.substr(0, length), kIndex)) << length;
    EXPECT_FALSE(seal.Open(sealed.substr(sealed.size() - length), kIndex)) << length;
  }
  EXPECT_FALSE(seal.Open(sealed + '\0', kIndex));
}

// Sealed by another implementation of the layout, salt and nonce chosen: gateways of two versions
// share a store while one replaces the other.
TEST(SealedRecord, IsLaidOutAsTheHeaderSays) {
  constexpr char kSealed[] =
      "01000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f6465666768696a6b6c6d6e6f"
      "b43ddad05d53a1afcb83ce3256aa5226561e8b682856780b";
  const RecordSeal seal("code", "verifier");
  const auto opened = seal.Open(absl::HexStringToBytes(kSealed), kIndex);
  EXPECT_EQ(opened.value_or("not opened"), "a record");
}

}  // namespace
}  // namespace modelgates::gateway
