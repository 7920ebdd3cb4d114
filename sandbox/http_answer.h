#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <nlohmann/json.hpp>
#include <string_view>

#include "sandbox/violation.h"

namespace modelgates::sandbox {

using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;
using HttpResponse = boost::beast::http::response<boost::beast::http::string_body>;

// An answer of JSON, with `cache-control: no-store` (RFC 6749, 5.1). What all answers share is put
// on by the session when it sends them: date, request id, length, connection.
HttpResponse JsonAnswer(unsigned http_status, const nlohmann::json& body);

// `{"error":{"code":...,"message":...,"metadata":{"field":...}},"user_id":null}`, the shape of the
// API's errors; without `metadata` when `field` is empty.
HttpResponse ErrorAnswer(unsigned http_status, std::string_view message,
                         std::string_view field = {});

// 400 that names the field, in the message and in `error.metadata.field`.
HttpResponse ViolationAnswer(const Violation& violation);

// The value of a header, empty when absent.
std::string_view HeaderOf(const HttpRequest& request, boost::beast::http::field name);

// The path of the request target: no query, and no authority when the target is a whole URL.
std::string_view PathOf(const HttpRequest& request);

}  // namespace modelgates::sandbox
