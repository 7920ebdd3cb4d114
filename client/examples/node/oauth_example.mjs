// The PKCE flow through the gateway, and two errors with their details.

import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { promisify } from "node:util";
import grpc from "@grpc/grpc-js";
import protoLoader from "@grpc/proto-loader";
import protobuf from "protobufjs";
import { detailsOf, milliseconds } from "./status_details.mjs";

const { env } = process;
const folder = new URL("proto", import.meta.url).pathname; // beside this program
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
const isPlain = process.argv.includes("--plaintext");
const paths = ["CA", "CLIENT_KEY", "CLIENT_CERT"].map((name) => env[`MODELGATES_OAUTH_${name}_FILE`]);
let client, files = [];

function connect(credentials) {
  client?.close(); // calls that run may end
  client = new OAuthService(env.MODELGATES_OAUTH_GATEWAY, credentials);
}

// For each call: a channel keeps its files, so renewed ones need another channel.
function oauth() {
  if (isPlain && !client) connect(grpc.credentials.createInsecure());
  if (isPlain) return client;
  try {
    const read = paths.map((path) => (path ? readFileSync(path) : null));
    if (!client || read.some((bytes, i) => bytes && !bytes.equals(files[i]))) {
      const [ca, key, cert] = read;
      createSecureContext({ ca, key, cert });
      connect(grpc.credentials.createSsl(ca, key, cert));
      files = read;
    }
  } catch (error) {
    if (!client) throw error; // half-written, or not of one another: those before stay in use
  }
  return client;
}

const call = (method, request) => promisify(oauth()[method]).call(client, request);
const verifier = randomBytes(32).toString("base64url");
const challenge = createHash("sha256").update(verifier).digest("base64url");

try {
  const created = await call("CreateAuthCode", {
    callbackUrl: "https://myapp.example/callback",
    codeChallenge: challenge,
    codeChallengeMethod: "S256",
  });
  // In an app, the user's browser brings the code back to callbackUrl.
  const exchanged = await call("ExchangeAuthCode", { code: created.data.id, codeVerifier: verifier });
  console.log("a key of", exchanged.userId);
} catch (error) {
  explain(error);
  process.exit(1);
}

await call("CreateAuthCode", { callbackUrl: "nowhere" }).catch(explain);
await call("ExchangeAuthCode", { code: "nobody's" }).catch(explain);
client.close();
