"""The official Python SDK, which knows nothing of this project, against the sandbox: both operations,
and two errors. SANDBOX_URL and SANDBOX_API_KEY say where."""
import base64
import hashlib
import os
import secrets

from openrouter import OpenRouter, errors


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def refused(kind, call):
    try:
        call()
    except kind as error:
        return str(error)
    raise AssertionError(f"not refused with {kind.__name__}")


url = os.environ["SANDBOX_URL"]
sdk = OpenRouter(api_key=os.environ["SANDBOX_API_KEY"], server_url=url)
verifier = base64url(secrets.token_bytes(32))
created = sdk.o_auth.create_auth_code(
    callback_url="https://myapp.example/callback", limit=5, key_label="sdk",
    usage_limit_type="monthly", code_challenge_method="S256",
    code_challenge=base64url(hashlib.sha256(verifier.encode()).digest()))
assert created.data.app_id > 0 and created.data.created_at, created


def exchange():
    return sdk.o_auth.exchange_auth_code_for_api_key(
        code=created.data.id, code_verifier=verifier, code_challenge_method="S256")


exchanged = exchange()
assert exchanged.key.startswith("sk-") and exchanged.user_id.startswith("user_")
assert "code" in refused(errors.ForbiddenResponseError, exchange)
assert "key" in refused(
    errors.UnauthorizedResponseError,
    lambda: OpenRouter(api_key="sk-other", server_url=url).o_auth.create_auth_code(
        callback_url="https://myapp.example/callback"))
