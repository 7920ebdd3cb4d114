#pragma once

#include <google/protobuf/struct.pb.h>

#include <cstdint>
#include <optional>
#include <string>

#include "http/http.h"

namespace modelgates::gateway {

// The error in an answer, unchanged: nothing is cleaned or cut yet.
struct ErrorBody {
  // The API answered: it has an `error`, an object or a text (RFC 6749, section 5.2). Other JSON,
  // for example application/problem+json, comes from a proxy or a firewall.
  bool from_api = false;
  // The SDK makes a typed error of it (REST contract, section 4): application/json, an integer
  // `error.code`, a string `error.message`, `error.metadata` and `user_id` of no wrong type.
  bool typed = false;
  // Absent when it is not an integer, or exceeds int32.
  std::optional<int32_t> code;
  // The first of `error.message`, `error` (with `error_description`, if there is one), `error.code`
  // (a word), `error_description`, `detail`, `message` and `title` that is a text and not empty.
  std::string message;
  std::optional<google::protobuf::Struct> metadata;
  std::optional<std::string> user_id;
  // Metadata was dropped: nested deeper than 16 levels, or larger than the 4 KiB for all details.
  bool metadata_dropped = false;
};

// Reads an error answer with any Content-Type. nullopt: the body was dropped, or is not a JSON
// object.
std::optional<ErrorBody> ParseErrorBody(const HttpResponse& response);

}  // namespace modelgates::gateway
