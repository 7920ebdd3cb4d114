#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <nlohmann/json.hpp>
#include <string_view>

#include "sandbox/violation.h"

namespace modelgates::sandbox {

using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;
using HttpResponse = boost::beast::http::response<boost::beast::http::string_body>;

// A JSON answer with `cache-control: no-store` (RFC 6749, 5.1). The session adds the fields that
// all answers have: date, request id, length, connection.
HttpResponse JsonAnswer(unsigned http_status, const nlohmann::json& body);

// `{"error":{"code":...,"message":...,"metadata":{"field":...}},"user_id":null}`, the form of the
// API's errors; without `metadata` if `field` is empty.
HttpResponse ErrorAnswer(unsigned http_status, std::string_view message,
                         std::string_view field = {});

// A 400 with the field in the message and in `error.metadata.field`.
HttpResponse ViolationAnswer(const Violation& violation);

// The value of a header, empty when absent.
std::string_view HeaderOf(const HttpRequest& request, boost::beast::http::field name);

// The path of the request target, without query, and without authority if the target is a URL.
std::string_view PathOf(const HttpRequest& request);

}  // namespace modelgates::sandbox
