#pragma once

#include <google/protobuf/struct.pb.h>

#include <cstdint>
#include <optional>
#include <string>

#include "http/http.h"

namespace modelgates::gateway {

// The error in an answer, unchanged: nothing is cleaned or cut yet.
struct ErrorBody {
  // It has an `error`, an object or a text (RFC 6749, section 5.2): the API said it. Other JSON,
  // for example application/problem+json, is what a proxy or a firewall answers.
  bool from_api = false;
  // The SDK makes a typed error of it (REST contract, section 4): application/json, an integer
  // `error.code`, a string `error.message`, `error.metadata` and `user_id` of no wrong type.
  bool typed = false;
  std::optional<int32_t>
      code;  // absent when it is no integer, or beyond int32: dropped, not wrapped
  // The first of `error.message`, `error` (with `error_description`, if there is one), `error.code`
  // (a word), `error_description`, `detail`, `message` and `title` that is a text and not empty.
  std::string message;
  std::optional<google::protobuf::Struct> metadata;
  std::optional<std::string> user_id;
  // There was metadata, but it was nested deeper than 16 levels or larger than the 4 KiB that all
  // error details together may take.
  bool metadata_dropped = false;
};

// Reads an error answer, whatever its Content-Type says. Nullopt when the body was dropped or is no
// JSON object.
std::optional<ErrorBody> ParseErrorBody(const HttpResponse& response);

}  // namespace modelgates::gateway
