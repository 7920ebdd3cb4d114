#include "support/secret_reader.h"

#include <google/protobuf/reflection.h>
#include <google/rpc/error_details.pb.h>
#include <modelgates/oauth/v1/oauth.pb.h>

#include <cctype>
#include <memory>
#include <regex>
#include <set>

namespace modelgates::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void Collect(const Message& message, std::vector<std::string>& texts) {
  if (const auto* any = dynamic_cast<const google::protobuf::Any*>(&message)) {
    const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
        any->type_url().substr(any->type_url().rfind('/') + 1));
    if (type == nullptr) {
      texts.push_back(any->value());
      return;
    }
    const std::unique_ptr<Message> detail(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
    if (detail->ParseFromString(any->value())) Collect(*detail, texts);
    return;
  }
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        texts.push_back(field->is_repeated() ? reflection->GetRepeatedString(message, field, i)
                                             : reflection->GetString(message, field));
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Collect(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                     : reflection->GetMessage(message, field),
                texts);
      }
    }
  }
}

std::string ReplaceNumbers(const std::string& text, const std::regex& escape, int base) {
  std::string decoded;
  auto rest = text.begin();
  for (std::sregex_iterator found(text.begin(), text.end(), escape), end; found != end; ++found) {
    decoded.append(rest, text.begin() + found->position());
    const unsigned long value = std::stoul((*found)[1].str(), nullptr, base);
    decoded += value < 0x80 ? static_cast<char>(value) : '\x80';
    rest = text.begin() + found->position() + found->length();
  }
  return decoded.append(rest, text.end());
}

std::string ReplaceNames(std::string text) {
  for (const auto& [name, character] :
       {std::pair("&lt;", "<"), {"&gt;", ">"}, {"&quot;", "\""}, {"&amp;", "&"}}) {
    for (size_t at = 0; (at = text.find(name, at)) != std::string::npos; ++at) {
      text.replace(at, std::string_view(name).size(), character);
    }
  }
  return text;
}

std::string Base64Decoded(const std::string& text, size_t skip) {
  std::string decoded;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const size_t value =
        std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")
            .find(c);
    if (value == std::string_view::npos) continue;
    if (skip > 0) {
      --skip;
      continue;
    }
    bits = bits << 6 | static_cast<unsigned>(value >= 64 ? value - 2 : value);
    if ((count += 6) >= 8) decoded += static_cast<char>(bits >> (count -= 8));
  }
  return decoded;
}

std::string HexDecoded(const std::string& text, size_t skip) {
  std::string digits;
  for (const char c : text) {
    if (std::isxdigit(static_cast<unsigned char>(c)) != 0) digits += c;
  }
  std::string decoded;
  for (size_t i = skip; i + 1 < digits.size(); i += 2) {
    decoded += static_cast<char>(std::stoul(digits.substr(i, 2), nullptr, 16));
  }
  return decoded;
}

std::set<std::string> DecodingsOf(const std::string& text) {
  static const std::regex percent("%([0-9a-fA-F]{2})");
  static const std::regex unicode(R"(\\+u([0-9a-fA-F]{4}))");
  static const std::regex hex_byte(R"(\\+x([0-9a-fA-F]{2}))");
  static const std::regex decimal("&#([0-9]{1,6});?");
  static const std::regex hexadecimal("&#[xX]([0-9a-fA-F]{1,6});?");
  static const std::regex tag("<[^>]*>");
  std::set<std::string> decodings{
      ReplaceNumbers(text, percent, 16),     ReplaceNumbers(text, unicode, 16),
      ReplaceNumbers(text, hex_byte, 16),    ReplaceNumbers(text, decimal, 10),
      ReplaceNumbers(text, hexadecimal, 16), ReplaceNames(text),
      std::regex_replace(text, tag, "")};
  return decodings;
}

// Letters, digits and nothing else, so that no separator hides anything.
std::string Letters(std::string_view text) {
  std::string letters;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && std::isalnum(byte) != 0) letters += static_cast<char>(std::tolower(byte));
  }
  return letters;
}

bool HasPieceOf(const std::string& secret, const std::string& text) {
  const std::string letters = Letters(text);
  for (size_t i = 0; i + 8 <= secret.size(); ++i) {
    if (letters.find(secret.substr(i, 8)) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> TextsOf(const google::rpc::Status& status) {
  std::vector<std::string> texts;
  Collect(status, texts);
  return texts;
}

bool CanRead(std::string_view text, std::string_view secret) {
  const std::string wanted = Letters(secret);
  std::set<std::string> known{std::string(text)};
  std::set<std::string> newest = known;
  for (int depth = 0; depth < 6 && !newest.empty(); ++depth) {
    std::set<std::string> next;
    for (const std::string& one : newest) {
      for (const std::string& decoding : DecodingsOf(one)) {
        if (known.insert(decoding).second) next.insert(decoding);
      }
    }
    newest = std::move(next);
  }
  for (const std::string& one : known) {
    if (HasPieceOf(wanted, one)) return true;
    for (size_t skip = 0; skip < 4; ++skip) {
      if (HasPieceOf(wanted, Base64Decoded(one, skip))) return true;
      if (skip < 2 && HasPieceOf(wanted, HexDecoded(one, skip))) return true;
    }
  }
  return false;
}

}  // namespace modelgates::gateway
