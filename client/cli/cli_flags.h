#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway_connection.h"
#include "modelgates/oauth/client.h"

namespace modelgates::oauth::cli {

// The flags of the commands, and their conversion. Every field of the proto has a flag of the same
// name, with dashes. To...() read files and stdin; errors are kInvalidArgument with the flag as
// field, and kCancelled when `stop` ends a wait for stdin.

// The flags of all commands; allowed before and after the command.
struct CommonFlags {
  std::string gateway = "127.0.0.1:50051";
  bool tls = false;
  std::string ca_file, client_cert_file, client_key_file;
  std::string bearer;
  std::string timeout = "30s";
  std::string request_id;
  std::string traceparent;
  std::string output = "text";

  void AddTo(CLI::App& app);
  Result<ClientOptions> ToClientOptions(const std::stop_token& stop) const;
  CallOptions ToCallOptions(std::stop_token stop) const;
  Result<GatewayAddress> ToAddress() const;

 private:
  // Files that are not named are empty: the system's authorities, no client certificate.
  Result<TlsOptions> ToTlsOptions() const;
};

// The flags of RetryConfig.
struct RetryFlags {
  std::optional<std::string> strategy, initial_interval, max_interval, max_elapsed_time, jitter;
  std::optional<double> exponent;
  std::optional<bool> retry_connection_errors;
  std::vector<std::string> status_codes;
  std::optional<uint32_t> max_attempts;

  void AddTo(CLI::App& command);
  // Absent when no flag was given.
  Result<std::optional<RetryConfig>> ToRetryConfig() const;
};

// The flags of the app's headers.
struct AppFlags {
  std::optional<std::string> http_referer, x_open_router_title, x_open_router_categories;

  void AddTo(CLI::App& command);
};

struct CreateFlags {
  CreateAuthCodeRequest request;
  AppFlags app;
  RetryFlags retries;
  std::optional<std::string> expires_at;

  void AddTo(CLI::App& command);
  Result<CreateAuthCodeRequest> ToRequest() const;
};

struct ExchangeFlags {
  ExchangeAuthCodeRequest request;
  AppFlags app;
  RetryFlags retries;
  std::string code;
  std::optional<std::string> code_verifier;
  bool once_only = false;
  std::string key_file;

  void AddTo(CLI::App& command);
  Result<ExchangeAuthCodeRequest> ToRequest(const std::stop_token& stop) const;
};

struct LoginFlags {
  std::string site = "https://modelgates.ai";
  std::string app_name = "modelgates-oauth";
  std::optional<double> limit;
  std::string key_file;
  std::string wait = "5m";
  int port = 0;
  bool no_browser = false;
  std::string direct;
  AppFlags app;

  void AddTo(CLI::App& command);
};

// The error of the first flag whose text is not UTF-8, which protobuf requires.
std::optional<Error> FindBrokenText(const CLI::App& command);

}  // namespace modelgates::oauth::cli
