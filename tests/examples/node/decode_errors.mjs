// Asks an error-server for every error of the contract and compares what arrives, decoded as
// client/examples/node does, with the text that the server says it has to be (error_text.h).

import { promisify } from "node:util";
import grpc from "@grpc/grpc-js";
import protoLoader from "@grpc/proto-loader";
import protobuf from "protobufjs";
import { detailsOf, milliseconds } from "./status_details.mjs";

const file = "proto/modelgates/oauth/v1/oauth.proto";
const { OAuthService } = grpc.loadPackageDefinition(protoLoader.loadSync(file)).modelgates.oauth.v1;
const types = protobuf.loadSync(file);
const oauth = new OAuthService(process.argv[2], grpc.credentials.createInsecure());
const createAuthCode = promisify(oauth.CreateAuthCode).bind(oauth);
const exchangeAuthCode = promisify(oauth.ExchangeAuthCode).bind(oauth);

function textOf(error) {
  const details = detailsOf(error, types);
  const lines = [
    `code ${error.code}`,
    `message ${error.details}`,
    `details${details.map(({ type }) => ` ${type}`).join("")}`,
  ];
  const texts = [];
  for (const detail of details) {
    if (detail.type === "ErrorInfo") {
      const metadata = Object.entries(detail.metadata).map(([name, value]) => `metadata ${name}=${value}`);
      lines.push(`reason ${detail.reason} of ${detail.domain}`, ...metadata.sort());
    } else if (detail.type === "BadRequest") {
      for (const { field, description } of detail.fieldViolations) {
        texts.push(`violation ${field}: ${description}`);
      }
    } else if (detail.type === "RetryInfo") {
      texts.push(`retry_delay ${milliseconds(detail.retryDelay)} ms`);
    } else if (detail.type === "RequestInfo") {
      texts.push(`request_id ${detail.requestId}`);
    } else if (detail.type === "UpstreamError") {
      texts.push(
        `upstream ${detail.httpStatus} auth_code_state ${detail.authCodeState} attempts ${detail.attempts}` +
          ` logged ${(detail.attemptLog ?? []).length} message ${detail.message}`,
      );
    }
  }
  return [...lines, ...texts].map((line) => `${line}\n`).join("");
}

async function difference(name) {
  const expected = (await exchangeAuthCode({ code: name })).key;
  const found = await createAuthCode({ callbackUrl: name }).then(() => "no error\n", textOf);
  return found === expected ? "" : `--- expected\n${expected}--- found\n${found}`;
}

let passed = 0;
let failed = 0;
for (const [reason, number] of Object.entries(types.lookupEnum("ErrorReason").values)) {
  for (const size of number === 0 ? [] : ["usual", "largest"]) {
    const found = await difference(`${reason}/${size}`);
    if (found) {
      console.log(`FAILED ${reason}/${size}\n${found}`);
      failed += 1;
    } else {
      passed += 1;
    }
  }
}
oauth.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
