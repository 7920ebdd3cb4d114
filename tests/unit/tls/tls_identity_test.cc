#include "tls/tls_identity.h"

#include <gmock/gmock.h>
#include <openssl/pem.h>

#include <functional>

#include "support/tls_folder.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const TestAuthority& Authority() {
  static const auto& authority = *new TestAuthority;
  return authority;
}
const TestAuthority& ClientAuthority() {
  static const auto& authority = *new TestAuthority;
  return authority;
}
TestIdentity Issue(std::chrono::seconds from = -24h, std::chrono::seconds until = 24h) {
  return Authority().Issue({.names = {"DNS:localhost"}, .valid_from = from, .valid_until = until});
}

// A folder whose files are right.
class Identity : public testing::Test {
 protected:
  Identity() {
    folder_.Write(Issue());
    TlsFolder::Write(folder_.ca_file(), ClientAuthority().pem());
  }

  absl::StatusOr<TlsIdentity> Read() const {
    return ReadTlsIdentity({folder_.cert_file(), folder_.key_file(), folder_.ca_file()});
  }

  TlsFolder folder_;
};

int CountOf(const std::string& text, const std::string& part) {
  int count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++count;
  return count;
}

TEST_F(Identity, HoldsChainKeyAndClientCas) {
  TlsFolder::Write(folder_.ca_file(), ClientAuthority().pem() + "\n" + Authority().pem());
  folder_.Write(Authority().Intermediate().Issue({.names = {"DNS:localhost"}}));
  const auto identity = Read();
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(CountOf(identity->certificate_chain, "-----BEGIN CERTIFICATE-----"), 2);
  EXPECT_THAT(std::string(identity->private_key.Reveal()), StartsWith("-----BEGIN PRIVATE KEY"));
  EXPECT_EQ(CountOf(identity->client_cas, "-----BEGIN"), 2);
}

TEST_F(Identity, SaysWhenItExpires) {
  folder_.Write(Issue(-1h, 2h));
  const auto identity = Read();
  ASSERT_TRUE(identity.ok()) << identity.status();
  const auto left = [](WallTime expiry) {
    return std::chrono::round<std::chrono::hours>(expiry - WallTime::clock::now());
  };
  EXPECT_EQ(left(identity->chain_expiry), 2h);
  EXPECT_EQ(left(identity->client_cas_expiry.value()), 24h);
}

TEST_F(Identity, NeedsNoClientCas) {
  const auto identity = ReadTlsIdentity({folder_.cert_file(), folder_.key_file(), ""});
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->client_cas, "");
  EXPECT_FALSE(identity->client_cas_expiry);
}

// gRPC reads a text up to its first zero byte.
TEST_F(Identity, IsWhatWasParsedAndNotWhatStandsAround) {
  const TestIdentity issued = Issue();
  folder_.Write({std::string("# note\n\0\n", 9) + issued.certificate, issued.key});
  const auto identity = Read();
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->certificate_chain, issued.certificate);
}

TEST_F(Identity, IsTheSameWhenTheFilesAre) {
  const auto first = Read();
  const auto again = Read();
  folder_.Write(Issue());
  const auto other = Read();
  ASSERT_TRUE(first.ok() && again.ok() && other.ok());
  EXPECT_EQ(*first, *again);
  EXPECT_NE(*first, *other);
}

std::string Encrypted(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> in(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_PrivateKey(out.get(), key.get(), EVP_aes_256_cbc(), nullptr, 0, nullptr,
                           const_cast<char*>("passphrase"));
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<size_t>(size)};
}

std::string Half(const std::string& text) { return text.substr(0, text.size() / 2); }

struct BrokenCase {
  std::string name;
  std::function<void(const TlsFolder&)> spoil;
  std::string error;
};

class BrokenIdentity : public Identity, public testing::WithParamInterface<BrokenCase> {};

TEST_P(BrokenIdentity, IsRefusedBySettingAndRuleWithoutItsContent) {
  GetParam().spoil(folder_);
  const auto identity = Read();
  ASSERT_FALSE(identity.ok());
  EXPECT_THAT(std::string(identity.status().message()), StartsWith(GetParam().error));
  EXPECT_THAT(std::string(identity.status().message()), Not(HasSubstr("MI")));
}

BrokenCase Cert(std::string name, std::function<std::string()> content, std::string error) {
  return {"Certificate" + name,
          [content](const TlsFolder& f) { TlsFolder::Write(f.cert_file(), content()); },
          "--tls_cert_file must " + error};
}
BrokenCase Key(std::string name, std::function<std::string()> content, std::string error) {
  return {"Key" + name,
          [content](const TlsFolder& f) { TlsFolder::Write(f.key_file(), content()); },
          "--tls_key_file must " + error};
}
BrokenCase Cas(std::string name, std::function<std::string()> content, std::string error) {
  return {"Cas" + name, [content](const TlsFolder& f) { TlsFolder::Write(f.ca_file(), content()); },
          "--tls_client_ca_file must " + error};
}

INSTANTIATE_TEST_SUITE_P(
    All, BrokenIdentity,
    testing::Values(
        Cert(
            "Empty", [] { return ""; }, "hold PEM certificates: there is no line"),
        Cert(
            "Garbage", [] { return "garbage\n"; }, "hold PEM certificates: there is no line"),
        Cert(
            "Half", [] { return Half(Issue().certificate); },
            "hold PEM certificates: a block has no END mark, the file is cut off"),
        Cert(
            "OfAKey", [] { return Issue().key; }, "hold PEM certificates: there is no line"),
        Cert(
            "Expired", [] { return Issue(-2h, -1h).certificate; },
            "hold certificates that are valid now: certificate 1 has expired at 2"),
        Cert(
            "NotYetValid", [] { return Issue(1h, 2h).certificate; },
            "hold certificates that are valid now: certificate 1 is not valid before 2"),
        Cert(
            "WithAnExpiredOneInItsChain",
            [] { return Issue().certificate + Issue(-2h, -1h).certificate; },
            "hold certificates that are valid now: certificate 2 has expired at 2"),
        Cert(
            "TooWeak",
            [] { return Authority().Issue({.names = {}, .rsa_bits = 1024}).certificate; },
            "hold certificates that OpenSSL accepts: ee key too small"),
        BrokenCase{"CertificateGone",
                   [](const TlsFolder& f) { std::filesystem::remove(f.cert_file()); },
                   "--tls_cert_file must be a file that can be read: No such file"},
        Key(
            "Empty", [] { return ""; }, "hold a PEM private key: there is no line"),
        Key(
            "Garbage", [] { return "garbage\n"; }, "hold a PEM private key: there is no line"),
        Key(
            "Half", [] { return Half(Issue().key); }, "hold a PEM private key, which cannot"),
        Key(
            "OfACertificate", [] { return Issue().certificate; },
            "hold a PEM private key: there is no line"),
        Key(
            "WithAPassphrase", [] { return Encrypted(Issue().key); },
            "hold a PEM private key without a passphrase"),
        Key(
            "OfAnotherCertificate", [] { return Issue().key; },
            "hold the key of the first certificate in --tls_cert_file"),
        BrokenCase{"KeyGone", [](const TlsFolder& f) { std::filesystem::remove(f.key_file()); },
                   "--tls_key_file must be a file that can be read: No such file"},
        Cas(
            "Empty", [] { return ""; }, "hold PEM certificates: there is no line"),
        Cas(
            "Garbage", [] { return "garbage\n"; }, "hold PEM certificates: there is no line"),
        Cas(
            "Half", [] { return Half(ClientAuthority().pem()); },
            "hold PEM certificates: a block has no END mark, the file is cut off"),
        Cas(
            "AllExpired", [] { return Issue(-2h, -1h).certificate; },
            "hold a CA certificate that is valid now: the last one has expired"),
        BrokenCase{"CasGone", [](const TlsFolder& f) { std::filesystem::remove(f.ca_file()); },
                   "--tls_client_ca_file must be a file that can be read: No such file"}),
    [](const auto& row) { return row.param.name; });

// A bundle keeps authorities that are no more.
TEST_F(Identity, MayHoldCasOfWhichOneHasExpired) {
  TlsFolder::Write(folder_.ca_file(), Issue(-2h, -1h).certificate + ClientAuthority().pem());
  const auto identity = Read();
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_GT(identity->client_cas_expiry.value(), WallTime::clock::now());
}

}  // namespace
}  // namespace modelgates::gateway
