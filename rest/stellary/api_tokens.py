"""Personal access tokens: managed by the signed-in person, never with a token."""

from models.ids import Kind
from resolvers.account.api_token import create_api_token, list_api_tokens, revoke_api_token
from resolvers.inputs.api_token import ApiTokenCreate
from rest.routing import Call, Routes
from rest.stellary.present.account import ApiToken, CreatedApiToken, api_token, created_api_token
from rest.stellary.present.base import Ok, ok

routes = Routes("API tokens", "/api-tokens", about="Personal access tokens, managed by the signed-in person.", place=60)


@routes.get("", "List the caller's tokens", runs=list_api_tokens)
async def find(call: Call) -> list[ApiToken]:
    return [api_token(record) for record in await list_api_tokens(call.ctx)]


@routes.post("", "Create a token", runs=create_api_token)
async def create(call: Call) -> CreatedApiToken:
    """Its secret is in this answer and never again."""
    return created_api_token((await create_api_token(call.ctx, call.body(ApiTokenCreate))).value)


@routes.delete("/{id}", "Revoke a token", runs=revoke_api_token)
async def delete(call: Call) -> Ok:
    await revoke_api_token(call.ctx, call.id("id", Kind.API_TOKEN))
    return ok()
