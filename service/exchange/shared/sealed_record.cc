#include "exchange/shared/sealed_record.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <array>
#include <cstdint>
#include <limits>
#include <memory>

namespace modelgates::gateway {
namespace {

constexpr char kVersion = 1;
constexpr size_t kSaltBytes = 32;
constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
constexpr size_t kHeadBytes = 1 + kSaltBytes + kNonceBytes;
constexpr std::string_view kPurpose = "modelgates oauth gateway, exchange record, version 1";

template <class T, void (*kFree)(T*)>
struct Freed {
  void operator()(T* object) const { kFree(object); }
};
using KdfContext = std::unique_ptr<EVP_KDF_CTX, Freed<EVP_KDF_CTX, EVP_KDF_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>>;

const uint8_t* Bytes(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}
uint8_t* Bytes(std::string& text) { return reinterpret_cast<uint8_t*>(text.data()); }

// Wiped when it is destroyed.
struct Key {
  Key() = default;
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
  std::array<uint8_t, 32> bytes{};
};

bool Derive(std::string_view input, std::string_view salt, Key& key) {
  EVP_KDF* const kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  const KdfContext context(EVP_KDF_CTX_new(kdf));
  EVP_KDF_free(kdf);
  if (!context) return false;
  // OpenSSL only reads them, but its parameters are not const.
  char digest[] = "SHA256";
  const auto octets = [](const char* name, std::string_view value) {
    return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(value.data()), value.size());
  };
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
                               octets(OSSL_KDF_PARAM_KEY, input), octets(OSSL_KDF_PARAM_SALT, salt),
                               octets(OSSL_KDF_PARAM_INFO, kPurpose), OSSL_PARAM_construct_end()};
  return EVP_KDF_derive(context.get(), key.bytes.data(), key.bytes.size(), params) == 1;
}

enum class Direction { kOpen = 0, kSeal = 1 };

// A cipher with key, nonce and authenticated data, before the record.
CipherContext Begin(Direction direction, const Key& key, std::string_view nonce,
                    std::string_view index) {
  CipherContext context(EVP_CIPHER_CTX_new());
  int unused = 0;
  const bool ok =
      context &&
      EVP_CipherInit_ex2(context.get(), EVP_aes_256_gcm(), key.bytes.data(), Bytes(nonce),
                         static_cast<int>(direction), nullptr) == 1 &&
      EVP_CipherUpdate(context.get(), nullptr, &unused, Bytes({&kVersion, 1}), 1) == 1 &&
      EVP_CipherUpdate(context.get(), nullptr, &unused, Bytes(index),
                       static_cast<int>(index.size())) == 1;
  if (!ok) context.reset();
  return context;
}

void AppendPart(std::string& input, std::string_view part) {
  for (uint64_t i = 0, length = part.size(); i < sizeof(length); ++i, length >>= 8) {
    input += static_cast<char>(length & 0xff);
  }
  input += part;
}

Secret ToInput(std::string_view auth_code, std::string_view code_verifier) {
  std::string input;
  // Reserved at once, because growing would leave a copy behind.
  input.reserve(2 * sizeof(uint64_t) + auth_code.size() + code_verifier.size());
  AppendPart(input, auth_code);
  AppendPart(input, code_verifier);
  return Secret(std::move(input));
}

bool IsCipherLength(size_t bytes) {
  return bytes <= static_cast<size_t>(std::numeric_limits<int>::max());
}

}  // namespace

RecordSeal::RecordSeal(std::string_view auth_code, std::string_view code_verifier)
    : input_(ToInput(auth_code, code_verifier)) {}

std::optional<std::string> RecordSeal::Seal(std::string_view record, std::string_view index) const {
  if (!IsCipherLength(record.size())) return std::nullopt;
  std::string sealed(kHeadBytes + record.size() + kTagBytes, '\0');
  sealed[0] = kVersion;
  uint8_t* const head = Bytes(sealed);
  if (RAND_bytes(head + 1, kSaltBytes + kNonceBytes) != 1) return std::nullopt;

  const std::string_view view = sealed;
  Key key;
  if (!Derive(input_.Reveal(), view.substr(1, kSaltBytes), key)) return std::nullopt;
  const CipherContext context =
      Begin(Direction::kSeal, key, view.substr(1 + kSaltBytes, kNonceBytes), index);
  if (!context) return std::nullopt;
  uint8_t* const body = head + kHeadBytes;
  int written = 0;
  const bool ok = EVP_CipherUpdate(context.get(), body, &written, Bytes(record),
                                   static_cast<int>(record.size())) == 1 &&
                  EVP_CipherFinal_ex(context.get(), body + written, &written) == 1 &&
                  EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG,
                                      static_cast<int>(kTagBytes), body + record.size()) == 1;
  if (!ok) return std::nullopt;
  return sealed;
}

std::optional<std::string> RecordSeal::Open(std::string_view sealed, std::string_view index) const {
  if (sealed.size() < kHeadBytes + kTagBytes || !IsCipherLength(sealed.size())) return std::nullopt;
  if (sealed[0] != kVersion) return std::nullopt;
  Key key;
  if (!Derive(input_.Reveal(), sealed.substr(1, kSaltBytes), key)) return std::nullopt;
  const CipherContext context =
      Begin(Direction::kOpen, key, sealed.substr(1 + kSaltBytes, kNonceBytes), index);
  if (!context) return std::nullopt;

  const std::string_view body = sealed.substr(kHeadBytes, sealed.size() - kHeadBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string record(body.size(), '\0');
  int written = 0;
  const bool ok = EVP_CipherUpdate(context.get(), Bytes(record), &written, Bytes(body),
                                   static_cast<int>(body.size())) == 1 &&
                  EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG,
                                      static_cast<int>(kTagBytes), tag.data()) == 1 &&
                  EVP_CipherFinal_ex(context.get(), Bytes(record) + written, &written) == 1;
  if (!ok) {
    // It was decrypted before its tag was found to be wrong.
    Wipe(record);
    return std::nullopt;
  }
  return record;
}

}  // namespace modelgates::gateway
