"""Whether the gateway answers, and how one signs in; for anybody."""

from typing import Literal

from typing_extensions import TypedDict

from resolvers.installation.installation import get_installation
from rest.agent_board.dialect import board_routes
from rest.routing import Call

routes = board_routes("health", about="Whether the gateway answers, and how one signs in.", place=10)


class HealthData(TypedDict):
    """The gateway answers, and so does its database."""

    status: Literal["ok"]


class AuthStatusData(TypedDict):
    """How people sign in, and whether anybody could."""

    authEnabled: bool
    oidcEnabled: bool
    hasUsers: bool


@routes.get("/health", "Ask whether the gateway answers", runs=get_installation)
async def get(call: Call) -> HealthData:
    await get_installation(call.ctx)
    return {"status": "ok"}


@routes.get("/settings/auth-status", "Ask how one signs in", runs=get_installation)
async def get_auth_status(call: Call) -> AuthStatusData:
    installation = await get_installation(call.ctx)
    return {
        "authEnabled": installation["auth_enabled"],
        "oidcEnabled": installation["oidc_enabled"],
        "hasUsers": installation["has_people"],
    }
