// The details of an error (google.rpc.Status), without a package of generated protos.

import protobuf from "protobufjs";

const rpc = protobuf.parse(`
  syntax = "proto3";
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message FieldViolation { string field = 1; string description = 2; }
  message BadRequest { repeated FieldViolation field_violations = 1; }
  message RequestInfo { string request_id = 1; string serving_data = 2; }
  message LocalizedMessage { string locale = 1; string message = 2; }
  message Link { string description = 1; string url = 2; }
  message Help { repeated Link links = 1; }
  message Violation { string type = 1; string subject = 2; string description = 3; }
  message PreconditionFailure { repeated Violation violations = 1; }
  message Quota { string subject = 1; string description = 2; }
  message QuotaFailure { repeated Quota violations = 1; }
`).root;

// Of an error of grpc-js: its details in their order, each with the name of its type. `own` has the
// types of the service itself (protobufjs's root). A type that neither knows has its name only.
export function detailsOf(error, own) {
  const [bytes] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (!bytes) return [];
  return rpc.lookupType("Status").decode(bytes).details.map(({ typeUrl, value }) => {
    const fullName = typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
    const type = fullName.slice(fullName.lastIndexOf(".") + 1);
    const found = fullName.startsWith("google.rpc.") ? rpc.get(type) : own.lookup(fullName);
    const fields = found?.toObject(found.decode(value), { enums: String, longs: Number, defaults: true });
    return { type, ...fields };
  });
}

export const milliseconds = ({ seconds, nanos }) => seconds * 1000 + nanos / 1e6;
