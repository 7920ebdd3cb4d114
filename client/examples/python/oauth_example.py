"""The PKCE flow through the gateway, and two errors with their details."""

import base64
import hashlib
import os
import pathlib
import secrets
import ssl
import sys

import grpc
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from grpc_status import rpc_status
from modelgates.oauth.v1 import oauth_pb2 as v1
from modelgates.oauth.v1.oauth_pb2_grpc import OAuthServiceStub


def explain(error: grpc.RpcError) -> None:
    # A message is for people; programs use code and details.
    print(error.code().name, "-", error.details())
    status = rpc_status.from_call(error)
    for detail in status.details if status else ():
        if detail.Unpack(info := ErrorInfo()):
            print("  reason", info.reason, "retryable", info.metadata["retryable"])
        elif detail.Unpack(bad_request := BadRequest()):
            for violation in bad_request.field_violations:
                print("  field", violation.field, violation.description)
        elif detail.Unpack(retry := RetryInfo()):
            print("  repeat after", retry.retry_delay.ToSeconds(), "s")
        elif detail.Unpack(upstream := v1.UpstreamError()):
            state = v1.UpstreamError.AuthCodeState.Name(upstream.auth_code_state)
            print("  upstream status", upstream.http_status, "code is", state)


class Gateway:
    """TLS, with the files that environment variables name; --plaintext is for loopback."""

    def __init__(self, address: str) -> None:
        self.address, self.files = address, None
        self.is_plain = "--plaintext" in sys.argv[1:]
        self.paths = [os.environ.get(f"MODELGATES_OAUTH_{name}_FILE")
                      for name in ("CA", "CLIENT_KEY", "CLIENT_CERT")]
        self.stub = OAuthServiceStub(grpc.insecure_channel(address)) if self.is_plain else None

    @property
    def oauth(self) -> OAuthServiceStub:
        """For each call: a channel keeps its files, so renewed ones need another channel."""
        if self.is_plain:
            return self.stub
        try:
            files = [pathlib.Path(path).read_bytes() if path else None for path in self.paths]
            if files != self.files:
                ca, key, certificate = self.paths
                context = ssl.create_default_context(cafile=ca)
                if certificate:
                    context.load_cert_chain(certificate, key)
                self.files, self.stub = files, OAuthServiceStub(grpc.secure_channel(
                    self.address, grpc.ssl_channel_credentials(*files)))
        except OSError:  # half-written, or not of one another: those before stay in use
            if self.stub is None:
                raise
        return self.stub


gateway = Gateway(os.environ["MODELGATES_OAUTH_GATEWAY"])
verifier = secrets.token_urlsafe(32)
digest = hashlib.sha256(verifier.encode()).digest()
challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

try:
    created = gateway.oauth.CreateAuthCode(v1.CreateAuthCodeRequest(
        callback_url="https://myapp.example/callback",
        code_challenge=challenge, code_challenge_method=v1.S256))
    # In an app, the user's browser brings the code back to callback_url.
    exchanged = gateway.oauth.ExchangeAuthCode(v1.ExchangeAuthCodeRequest(
        code=created.data.id, code_verifier=verifier))
except grpc.RpcError as error:
    explain(error)
    sys.exit(1)
print("a key of", exchanged.user_id)

for call, request in (
        (gateway.oauth.CreateAuthCode, v1.CreateAuthCodeRequest(callback_url="nowhere")),
        (gateway.oauth.ExchangeAuthCode, v1.ExchangeAuthCodeRequest(code="nobody's"))):
    try:
        call(request)
    except grpc.RpcError as error:
        explain(error)
