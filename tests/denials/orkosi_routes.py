"""For each route of Orkosi's interface a body (or the parameters of a GET) that would be accepted.

It is asked at the address of the world's workspace.
"""

from tests.denials.routes import ORKOSI, Body

ORKOSI_BODIES: dict[tuple[str, str], Body | None] = {
    ("GET", ORKOSI + "/version"): None,
    ("GET", ORKOSI + "/health"): None,
    ("GET", ORKOSI + "/ready"): None,
    ("GET", ORKOSI + "/arch-health"): None,
}
