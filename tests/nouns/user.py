"""Other people, and whatever an id names."""

from models.errors import NotFound
from tests.world.paths import BOARD
from tests.world.sample import Sample, sent

SAMPLE = Sample(
    places={"userNumber": "member_id"},
    calls={
        "user": lambda ids: (ids["user"],),
        "users": lambda _: ("example",),
        "node": lambda ids: (ids["card"],),
        "nodes": lambda ids: ([ids["card"]],),
    },
    # A user is seen by those who share an organization, and `node` finds its tenant in the object.
    beyond={("user", "outsider"): NotFound, ("node", "outsider"): NotFound, ("node", "bystander"): NotFound},
    routes={
        ("GET", BOARD + "/users/search"): sent(q="example"),
    },
)
