#include "base/pem_certificates.h"

#include <gmock/gmock.h>

#include <fstream>
#include <functional>
#include <sstream>

#include "support/test_certificate.h"

namespace modelgates::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A certificate in PEM, marks and line breaks included.
std::string Pem() {
  static const std::string& pem = *new std::string([] {
    const TestCertificate certificate("ca.example");
    std::ostringstream text;
    text << std::ifstream(certificate.ca_file()).rdbuf();
    return text.str();
  }());
  return pem;
}

std::string Replaced(std::string text, const std::string& old, const std::string& by) {
  for (size_t at = text.find(old); at != std::string::npos; at = text.find(old, at + by.size())) {
    text.replace(at, old.size(), by);
  }
  return text;
}

std::string Indented(const std::string& text) { return "  " + Replaced(text, "\n", "\n  "); }

size_t CountOf(const std::string& text) {
  const auto certificates = ParsePemCertificates(text);
  EXPECT_TRUE(certificates.ok()) << certificates.status().message();
  return certificates.ok() ? certificates->size() : 0;
}

TEST(PemCertificates, AreReadInTheirOrder) {
  EXPECT_EQ(CountOf(Pem()), 1u);
  EXPECT_EQ(CountOf(Pem() + "\n" + Pem()), 2u);
  const auto certificates = ParsePemCertificates(Pem());
  ASSERT_TRUE(certificates.ok());
  EXPECT_NE(X509_get0_pubkey(certificates->front().get()), nullptr);
}

TEST(PemCertificates, MayHaveOtherThingsAroundThem) {
  EXPECT_EQ(CountOf("an authority\n===\n" + Pem() + "the end\n"), 1u);
  EXPECT_EQ(CountOf(Replaced(Pem(), "\n", " \r\n")), 1u);
  EXPECT_EQ(CountOf("# " + Replaced(Pem(), "\n", "\n# ") + "\n" + Pem()), 1u);
  EXPECT_EQ(CountOf("-----BEGIN DH PARAMETERS-----\nMAYCAQ\n-----END DH PARAMETERS-----\n" + Pem()),
            1u);
  EXPECT_EQ(CountOf(Pem().substr(0, Pem().size() - 1)), 1u);
}

struct BrokenCase {
  std::string name;
  std::function<std::string()> text;
  std::string error;
};

class BrokenPem : public ::testing::TestWithParam<BrokenCase> {};

TEST_P(BrokenPem, IsRefusedWithTheReasonAndWithoutItsContent) {
  const auto certificates = ParsePemCertificates(GetParam().text());
  ASSERT_FALSE(certificates.ok());
  const std::string message(certificates.status().message());
  EXPECT_THAT(message, HasSubstr("must hold PEM certificates: "));
  EXPECT_THAT(message, HasSubstr(GetParam().error));
  EXPECT_THAT(message, Not(HasSubstr("MII")));
}

constexpr char kGarbage[] = "-----BEGIN CERTIFICATE-----\ngarbage!\n-----END CERTIFICATE-----\n";

INSTANTIATE_TEST_SUITE_P(
    All, BrokenPem,
    ::testing::Values(
        BrokenCase{"Empty", [] { return ""; }, "no line -----BEGIN CERTIFICATE-----"},
        BrokenCase{"Der", [] { return std::string("\x30\x82\x01\x00\x02", 5); },
                   "no line -----BEGIN"},
        BrokenCase{"KeyAlone",
                   [] { return "-----BEGIN PRIVATE KEY-----\nMIIx\n-----END PRIVATE KEY-----\n"; },
                   "no line -----BEGIN CERTIFICATE-----"},
        BrokenCase{"Garbage", [] { return kGarbage; },
                   "certificate 1 cannot be read: bad base64 decode (line 1)"},
        BrokenCase{"NothingBetweenTheMarks",
                   [] { return "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"; },
                   "certificate 1 cannot be read: "},
        BrokenCase{
            "Base64OfSomethingElse",
            [] { return "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n"; },
            "certificate 1 cannot be read: "},
        BrokenCase{"OneOfThree", [] { return Pem() + kGarbage + Pem(); },
                   "certificate 2 cannot be read: bad base64 decode (line "},
        BrokenCase{"LiteralLineBreaks", [] { return Replaced(Pem(), "\n", "\\n"); },
                   "line breaks are written as \\n, they must be real ones (line 1)"},
        BrokenCase{"OneLine", [] { return Replaced(Pem(), "\n", ""); },
                   "a BEGIN or END mark must be alone in its line (line 1)"},
        BrokenCase{"OneLineWithSpaces", [] { return Replaced(Pem(), "\n", " "); },
                   "a BEGIN or END mark must be alone in its line (line 1)"},
        BrokenCase{"CarriageReturnsAlone", [] { return Replaced(Pem(), "\n", "\r"); },
                   "a BEGIN or END mark must be alone in its line (line 1)"},
        BrokenCase{"Indented", [] { return Indented(Pem()); },
                   "a BEGIN or END mark must be at the start of its line (line 1)"},
        BrokenCase{"OneOfTwoIndented", [] { return Pem() + Indented(Pem()); },
                   "a BEGIN or END mark must be at the start of its line (line "},
        BrokenCase{"Quoted", [] { return "\"" + Pem() + "\""; },
                   "a BEGIN or END mark must be at the start of its line (line 1)"},
        BrokenCase{"ByteOrderMark", [] { return "\xef\xbb\xbf" + Pem(); },
                   "must begin without a byte order mark (line 1)"},
        BrokenCase{"CutOff", [] { return Pem().substr(0, Pem().size() / 2); },
                   "a block has no END mark, the file is cut off (line 1)"},
        BrokenCase{"CutOffBeforeAnother",
                   [] { return Pem().substr(0, Pem().size() / 2) + "\n" + Pem(); },
                   "a block has no END mark (line 1)"},
        BrokenCase{"NoBeginMark", [] { return Pem().substr(Pem().find('\n') + 1) + Pem(); },
                   "an END mark follows no BEGIN mark of its kind"},
        BrokenCase{"OtherEndMark",
                   [] { return Replaced(Pem(), "END CERTIFICATE", "END PRIVATE KEY"); },
                   "an END mark follows no BEGIN mark of its kind"},
        BrokenCase{"EncryptedForAPassword",
                   [] {
                     return Replaced(Pem(), "BEGIN CERTIFICATE-----\n",
                                     "BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: "
                                     "AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n");
                   },
                   "certificate 1 cannot be read: "}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace modelgates::gateway
