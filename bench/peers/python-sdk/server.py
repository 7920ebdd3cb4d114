"""Peer: the documented Python SDK behind grpc.aio, as a team would wrap it in an afternoon."""
import asyncio
import os

import grpc
from google.protobuf import json_format
from modelgates.oauth.v1 import oauth_pb2, oauth_pb2_grpc
from openrouter import OpenRouter

# Fields whose values the SDK spells differently.
SPELLINGS = {"code_challenge_method": {"S256": "S256", "PLAIN": "plain"},
             "usage_limit_type": {"DAILY": "daily", "WEEKLY": "weekly", "MONTHLY": "monthly"}}
# Not in this version of the SDK.
MISSING = {"workspace_id"}


def arguments_of(request):
    found = {}
    for field, value in request.ListFields():
        if field.name == "expires_at":
            found[field.name] = value.ToDatetime()
        elif field.name in SPELLINGS:
            found[field.name] = SPELLINGS[field.name][field.enum_type.values_by_number[value].name]
        elif field.name not in MISSING:
            found[field.name] = value
    return found


class OAuthService(oauth_pb2_grpc.OAuthServiceServicer):
    def __init__(self, sdk):
        self.sdk = sdk

    async def CreateAuthCode(self, request, context):
        answer = await self.sdk.o_auth.create_auth_code_async(**arguments_of(request))
        data = answer.data
        return json_format.ParseDict({"data": {"id": data.id, "app_id": int(data.app_id),
                                               "created_at": str(data.created_at)}},
                                     oauth_pb2.CreateAuthCodeResponse())


async def main():
    sdk = OpenRouter(api_key=os.environ["MODELGATES_API_KEY"], server_url=os.environ["UPSTREAM"])
    server = grpc.aio.server()
    oauth_pb2_grpc.add_OAuthServiceServicer_to_server(OAuthService(sdk), server)
    server.add_insecure_port(os.environ["LISTEN"])
    await server.start()
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(main())
