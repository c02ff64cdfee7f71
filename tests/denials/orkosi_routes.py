"""For each route of Orkosi's interface a body (or the parameters of a GET) that would be accepted.

It is asked at the address of the world's workspace.
"""

from tests.denials.routes import ORKOSI, Body, sent

ORKOSI_BODIES: dict[tuple[str, str], Body | None] = {
    ("GET", ORKOSI + "/version"): None,
    ("GET", ORKOSI + "/health"): None,
    ("GET", ORKOSI + "/ready"): None,
    ("GET", ORKOSI + "/arch-health"): None,
    ("GET", ORKOSI + "/rules"): None,
    ("POST", ORKOSI + "/rules"): sent(rule="Keep it short"),
    ("PATCH", ORKOSI + "/rules/{ruleNumber}"): sent(category="tests"),
    ("DELETE", ORKOSI + "/rules/{ruleNumber}"): None,
    ("GET", ORKOSI + "/files"): None,
    ("POST", ORKOSI + "/files"): sent(name="run", path="more/run.sh"),
    ("GET", ORKOSI + "/files/search"): sent(q="kind"),
    ("GET", ORKOSI + "/files/{fileNumber}"): None,
}
