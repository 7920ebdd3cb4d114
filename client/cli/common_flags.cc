#include "cli_flags.h"
#include "flag_values.h"
#include "option_types.h"

namespace modelgates::oauth::cli {

void CommonFlags::AddTo(CLI::App& app) {
  app.add_option("--gateway", gateway,
                 "address of the gateway, or its URL; default 127.0.0.1:50051")
      ->type_name("HOST[:PORT]")
      ->envname("MODELGATES_OAUTH_GATEWAY");
  app.add_flag("--tls", tls, "use TLS for the connection to the gateway");
  app.add_option("--ca-file", ca_file, "CA certificates (PEM) for the gateway; implies --tls")
      ->type_name("FILE");
  CLI::Option* const certificate =
      app.add_option("--client-cert-file", client_cert_file,
                     "own certificate (PEM), for mutual TLS; implies --tls")
          ->type_name("FILE");
  CLI::Option* const key = app.add_option("--client-key-file", client_key_file,
                                          "private key of --client-cert-file (PEM)")
                               ->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
  app.add_option("--bearer", bearer, "API key of the caller, if the gateway requires one")
      ->type_name("TEXT|@FILE|-");
  app.add_option("--timeout", timeout, "longest time of each call; default 30s")
      ->type_name("DURATION");
  app.add_option("--request-id", request_id, "id of the call in the gateway's log")
      ->type_name("ID");
  app.add_option("--traceparent", traceparent, "W3C trace context of the call")->type_name("TEXT");
  OneOf(app.add_option("--output", output, "format of the result; default text"), {"text", "json"});
}

Result<ClientOptions> CommonFlags::ToClientOptions(const std::stop_token& stop) const {
  ClientOptions options;
  const Result<GatewayAddress> address = ToAddress();
  if (!address.ok()) return address.error();
  options.target = address->target;
  // Off for a single call, so that a gateway that drains returns its own error.
  options.health_checking = false;
  const Result<std::chrono::nanoseconds> parsed = ParseDuration("timeout", timeout);
  if (!parsed.ok()) return parsed.error();
  options.default_timeout = std::chrono::ceil<std::chrono::milliseconds>(*parsed);
  if (address->tls) {
    Result<TlsOptions> read = ToTlsOptions();
    if (!read.ok()) return std::move(read).error();
    options.tls = *std::move(read);
  }
  if (!bearer.empty()) {
    Result<SecretText> key = ReadSecret("bearer", bearer, stop);
    if (!key.ok()) return key.error();
    options.bearer = *std::move(key);
  }
  return options;
}

Result<GatewayAddress> CommonFlags::ToAddress() const {
  return ParseGateway(gateway, tls || !ca_file.empty() || !client_cert_file.empty());
}

Result<TlsOptions> CommonFlags::ToTlsOptions() const {
  SecretText authorities, certificate, key;
  for (const auto& [flag, path, into] :
       {std::tuple{"ca-file", &ca_file, &authorities},
        std::tuple{"client-cert-file", &client_cert_file, &certificate},
        std::tuple{"client-key-file", &client_key_file, &key}}) {
    if (path->empty()) continue;
    Result<SecretText> text = ReadSecret(flag, "@" + *path, {});
    if (!text.ok()) return std::move(text).error();
    *into = *std::move(text);
  }
  TlsOptions options;
  options.root_certificates = authorities.Reveal();
  options.client_certificates = certificate.Reveal();
  options.client_key = std::move(key);
  return options;
}

CallOptions CommonFlags::ToCallOptions(std::stop_token stop) const {
  CallOptions options;
  options.stop = std::move(stop);
  options.request_id = request_id;
  options.traceparent = traceparent;
  return options;
}

}  // namespace modelgates::oauth::cli
