#include "exchange/shared/exchange_record.h"

#include "exchange/shared/sealed_record.h"
#include "fuzz/parsers/input.h"
#include "fuzz/parsers/targets.h"

namespace modelgates::gateway {

// What a store returns is read, or refused; what was changed in it never opens.
std::string ExchangeRecordBrokenBy(std::string_view bytes) {
  if (const auto read = FromExchangeRecord(bytes)) {
    const auto* key = std::get_if<ApiKey>(&*read);
    if (key != nullptr && key->key.empty()) return "a record of a key without a key";
  }
  const RecordSeal seal("auth-code", "verifier");
  if (seal.Open(bytes, "index")) return "a record that nobody sealed opens";
  Input input(bytes);
  const size_t at = input.Below(65'536);
  const auto bit = static_cast<char>(1 << input.Below(8));
  const std::string record(input.Rest().substr(0, 4096));
  auto sealed = seal.Seal(record, "index");
  if (!sealed || seal.Open(*sealed, "index") != record) return "a sealed record does not open";
  if (seal.Open(*sealed, "another")) return "a record opens as another exchange's";
  (*sealed)[at % sealed->size()] ^= bit;
  if (seal.Open(*sealed, "index")) return "a changed record opens";
  return {};
}

}  // namespace modelgates::gateway
