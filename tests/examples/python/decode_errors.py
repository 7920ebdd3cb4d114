"""Asks an error-server for every error of the contract and compares what arrives, decoded as
client/examples/python does, with the text that the server says it has to be (error_text.h)."""

import sys

import grpc
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RequestInfo, RetryInfo
from grpc_status import rpc_status
from modelgates.oauth.v1 import oauth_pb2 as v1
from modelgates.oauth.v1.oauth_pb2_grpc import OAuthServiceStub


def text_of(error):
    types, infos, texts = "", [], []
    # It raises an error when code or message differ from those of the details.
    for detail in rpc_status.from_call(error).details:
        types += " " + detail.TypeName().rsplit(".", 1)[1]
        if detail.Unpack(info := ErrorInfo()):
            infos.append(f"reason {info.reason} of {info.domain}")
            infos += sorted(f"metadata {name}={value}" for name, value in info.metadata.items())
        elif detail.Unpack(bad_request := BadRequest()):
            texts += [f"violation {violation.field}: {violation.description}"
                      for violation in bad_request.field_violations]
        elif detail.Unpack(retry := RetryInfo()):
            texts.append(f"retry_delay {retry.retry_delay.ToMilliseconds()} ms")
        elif detail.Unpack(request := RequestInfo()):
            texts.append(f"request_id {request.request_id}")
        elif detail.Unpack(upstream := v1.UpstreamError()):
            state = v1.UpstreamError.AuthCodeState.Name(upstream.auth_code_state)
            texts.append(f"upstream {upstream.http_status} auth_code_state {state}"
                         f" attempts {upstream.attempts} logged {len(upstream.attempt_log)}"
                         f" message {upstream.message}")
    lines = [f"code {error.code().value[0]}", f"message {error.details()}", f"details{types}"]
    return "".join(line + "\n" for line in lines + infos + texts)


def difference(oauth, name):
    expected = oauth.ExchangeAuthCode(v1.ExchangeAuthCodeRequest(code=name)).key
    try:
        oauth.CreateAuthCode(v1.CreateAuthCodeRequest(callback_url=name))
        found = "no error\n"
    except grpc.RpcError as error:
        found = text_of(error)
    return "" if found == expected else f"--- expected\n{expected}--- found\n{found}"


def main():
    oauth = OAuthServiceStub(grpc.insecure_channel(sys.argv[1]))
    passed = failed = 0
    for reason, number in v1.ErrorReason.items():
        for size in ("usual", "largest") if number != 0 else ():
            found = difference(oauth, f"{reason}/{size}")
            if found:
                print(f"FAILED {reason}/{size}\n{found}")
                failed += 1
            else:
                passed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
