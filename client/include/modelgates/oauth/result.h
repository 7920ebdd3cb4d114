#pragma once

#include <utility>
#include <variant>

#include "modelgates/oauth/error.h"

namespace modelgates::oauth {

// Writes one line about `error` to stderr and ends the program.
[[noreturn]] void AbortOnError(const Error& error);

// A value, or the error why there is none. Call ok() first: value() of a failure and error() of a
// success end the program.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return held_.index() == 0; }
  explicit operator bool() const { return ok(); }

  const T& value() const& {
    if (!ok()) AbortOnError(std::get<1>(held_));
    return std::get<0>(held_);
  }
  T& value() & {
    if (!ok()) AbortOnError(std::get<1>(held_));
    return std::get<0>(held_);
  }
  // By value, so that the temporary in `for (x : *Call())` stays alive.
  T value() && { return std::move(value()); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T operator*() && { return std::move(value()); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  const Error& error() const& {
    if (ok()) AbortOnError(NoError());
    return std::get<1>(held_);
  }
  Error error() && {
    if (ok()) AbortOnError(NoError());
    return std::get<1>(std::move(held_));
  }

 private:
  static Error NoError() {
    Error error;
    error.grpc_code = GrpcCode::kOk;
    error.message = "the error of a success was looked at";
    return error;
  }

  std::variant<T, Error> held_;
};

}  // namespace modelgates::oauth
