#include "sandbox/index_page.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "sandbox/html_page.h"

namespace modelgates::sandbox {
namespace {

std::string Api(const SandboxIndex& index, const std::string& site) {
  return fmt::format(
      "<h2>API</h2>\n<p>The base URL for a gateway (<code>--upstream</code>) or an SDK{2}:</p>\n"
      "<pre>{0}{1}</pre>\n"
      "<p>It has <code>POST /auth/keys/code</code>, which creates a code, and "
      "<code>POST /auth/keys</code>, which exchanges it.</p>\n",
      site, EscapeHtml(index.base_path),
      index.needs_key ? "; creating a code requires the bearer of <code>--api_key</code>" : "");
}

std::string Consent(const std::string& site) {
  return fmt::format(
      "<h2>Consent page</h2>\n"
      "<p>For a person who logs in: <a href=\"/auth?callback_url=http%3A%2F%2Flocalhost%3A3000"
      "%2Fcallback\">as an app at localhost:3000 opens it</a>, or with the command:</p>\n"
      "<pre>modelgates-oauth login --site {} --key-file key.txt</pre>\n",
      site);
}

std::string Faults(std::size_t pending, const std::string& site) {
  return fmt::format(
      "<h2>Faults</h2>\n<p>{1} pending. The next request is answered with 503 after</p>\n"
      "<pre>curl -d '{{\"action\":\"status\",\"status\":503}}' {0}/control/faults</pre>\n"
      "<p>and pending faults are removed by</p>\n"
      "<pre>curl -X DELETE {0}/control/faults</pre>\n"
      "<p>Other faults are in docs/sandbox.md of the sources.</p>\n",
      site, pending);
}

std::string Row(std::string_view name, std::uint64_t count) {
  return fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, count);
}

std::string Counters(const SandboxCounts& counts) {
  std::string rows;
  for (const auto& [path, count] : counts.requests_by_path) {
    rows += Row("requests of " + EscapeHtml(path), count);
  }
  for (const auto& [status, count] : counts.answers_by_status) {
    rows += Row(fmt::format("answers with {}", status), count);
  }
  rows += Row("codes created", counts.codes_created);
  rows += Row("codes exchanged for a key", counts.codes_spent);
  rows += Row("uses of a code that was exchanged before", counts.double_uses);
  rows += Row("keys revoked", counts.keys_revoked);
  rows += Row("faults that happened", counts.faults_struck);
  rows += Row("connections open", counts.connections_open);
  return "<h2>Counters</h2>\n<dl>\n" + rows +
         "</dl>\n<p><a href=\"/control/stats\">The same as JSON</a>.</p>\n";
}

}  // namespace

HttpResponse IndexPage(const SandboxIndex& index) {
  const std::string site = "http://" + EscapeHtml(index.address);
  std::string main =
      "<h1>A ModelGates to develop against</h1>\n"
      "<p>It has the rules of the real one: PKCE, codes that work once and expire.</p>\n";
  main += Api(index, site) + Consent(site);
  if (index.pending) {
    main += Faults(*index.pending, site) + Counters(index.counts);
  } else {
    main += "<h2>Faults</h2>\n<p>They are switched off (<code>--control=false</code>).</p>\n";
  }
  return HtmlAnswer(200, {.title = "Index", .main = main, .wide = true});
}

}  // namespace modelgates::sandbox
