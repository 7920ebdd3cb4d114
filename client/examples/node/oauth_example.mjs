// The PKCE flow through the gateway, and two errors with their details.

import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import grpc from "@grpc/grpc-js";
import protoLoader from "@grpc/proto-loader";
import protobuf from "protobufjs";
import { detailsOf, milliseconds } from "./status_details.mjs";

const { env } = process;
const folder = env.MODELGATES_OAUTH_PROTO ?? "proto"; // beside this program
const file = "modelgates/oauth/v1/oauth.proto";
// Fields have their JSON names (callbackUrl). Names that are wrong are ignored by the loader.
const loaded = protoLoader.loadSync(file, { includeDirs: [folder], enums: String, defaults: true });
const { OAuthService } = grpc.loadPackageDefinition(loaded).modelgates.oauth.v1;
const types = protobuf.loadSync(`${folder}/${file}`);

function explain(error) {
  // A message is for people; programs use code and details.
  console.log(grpc.status[error.code], "-", error.details);
  for (const detail of detailsOf(error, types)) {
    switch (detail.type) {
      case "ErrorInfo":
        console.log("  reason", detail.reason, "retryable", detail.metadata.retryable);
        break;
      case "BadRequest":
        for (const { field, description } of detail.fieldViolations) {
          console.log("  field", field, description);
        }
        break;
      case "RetryInfo":
        console.log("  repeat after", milliseconds(detail.retryDelay) / 1000, "s");
        break;
      case "UpstreamError":
        console.log("  upstream status", detail.httpStatus, "code is", detail.authCodeState);
    }
  }
}

// TLS, with the files that environment variables name; --plaintext is for loopback.
function credentials() {
  if (process.argv.includes("--plaintext")) return grpc.credentials.createInsecure();
  // The channel keeps what was read: a renewed certificate needs another channel.
  const files = ["CA", "CLIENT_KEY", "CLIENT_CERT"].map((name) => env[`MODELGATES_OAUTH_${name}_FILE`]);
  return grpc.credentials.createSsl(...files.map((name) => (name ? readFileSync(name) : null)));
}

const oauth = new OAuthService(env.MODELGATES_OAUTH_GATEWAY, credentials());
const createAuthCode = promisify(oauth.CreateAuthCode).bind(oauth);
const exchangeAuthCode = promisify(oauth.ExchangeAuthCode).bind(oauth);
const verifier = randomBytes(32).toString("base64url");
const challenge = createHash("sha256").update(verifier).digest("base64url");

try {
  const created = await createAuthCode({
    callbackUrl: "https://myapp.example/callback",
    codeChallenge: challenge,
    codeChallengeMethod: "S256",
  });
  // In an app, the user's browser brings the code back to callbackUrl.
  const exchanged = await exchangeAuthCode({ code: created.data.id, codeVerifier: verifier });
  console.log("a key of", exchanged.userId);
} catch (error) {
  explain(error);
  process.exit(1);
}

await createAuthCode({ callbackUrl: "nowhere" }).catch(explain);
await exchangeAuthCode({ code: "nobody's" }).catch(explain);
oauth.close();
