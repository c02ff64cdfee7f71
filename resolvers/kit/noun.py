"""What a noun is: an object of the graph with a door of its own; and what an operation opens."""

from dataclasses import dataclass, replace
from typing import Any, Generic, cast

from auth.policies.permission import Permission
from models.base import R, Stored
from models.enums import TokenScope
from models.ids import Kind

Fields = frozenset[str] | None
"""The record fields that a read needs; None for all of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Noun(Generic[R]):
    """Objects of one kind, whose door answers with an `R`. Reading one takes a token with `scope`, and of a tenant's
    object what `policy` asks, whichever way it is reached (its own field, `node`, a route, a stream): whoever may not
    read one may do nothing else with it. `shown_as` is what payloads call it, and `word` what people do. `has_node`
    says that it is found by its id alone (`node`)."""

    model: type[Stored[Any]]
    kind: Kind
    policy: Permission | None
    scope: TokenScope
    shown_as: str
    word: str
    has_node: bool

    @property
    def name(self) -> str:
        """The graph's type."""
        return self.model.__name__

    @property
    def title(self) -> str:
        """What an error calls one."""
        return self.kind.title

    @property
    def key(self) -> str:
        """What other records and inputs call its id."""
        return f"{self.kind.name.lower()}_id"

    @property
    def reads(self) -> Permission:
        """What reading one asks; raises LookupError for what no tenant's door leads to."""
        if self.policy is None:
            raise LookupError(f"who may read a {self.word} is not said in resolvers.kit.nouns")
        return self.policy

    @property
    def is_inside(self) -> bool:
        """Whether it is in one workspace for as long as it is there."""
        field = self.model.model_fields.get("workspace_id")
        return field is not None and field.is_required()

    @property
    def is_of_organization(self) -> bool:
        """Whether it belongs to an organization, whatever workspace it may be about."""
        return not self.is_tenant and not self.is_inside and "organization_id" in self.model.model_fields

    @property
    def is_in_project(self) -> bool:
        """Whether it is a project, or is in one: then it is shut to callers of another project."""
        return self.kind is Kind.PROJECT or "project_id" in self.model.model_fields

    @property
    def is_tenant(self) -> bool:
        """Whether members are asked for themselves: then its door answers with the caller's membership."""
        return self.kind in (Kind.ORGANIZATION, Kind.WORKSPACE)

    def by(self, argument: str) -> "Door[R]":
        """Its door, where the id comes as an `argument` of another name than `id`."""
        return Door(self, argument)

    def reading(self, *fields: str) -> "Door[R]":
        """Its door, which answers with more of the record than where it stands."""
        return Door(self).reading(*fields)

    @property
    def whole(self) -> "Door[R]":
        """Its door, which answers with the whole record."""
        return Door(self).whole


def noun(
    model: type[Stored[R]],
    kind: Kind,
    *,
    reads: Permission | None = None,
    scope: TokenScope = TokenScope.PROJECTS_READ,
    shown_as: str | None = None,
    word: str | None = None,
    has_node: bool = True,
) -> Noun[R]:
    """A noun, with the names that follow from its kind."""
    name = kind.name.lower()
    return Noun(model, kind, reads, scope, shown_as or name, word or name.replace("_", " "), has_node)


def tenant(model: type[Stored[Any]], kind: Kind, _members: type[Stored[R]], *, reads: Permission) -> Noun[R]:
    """A noun whose door answers with the caller's membership, which is one of `_members`."""
    return cast("Noun[R]", noun(model, kind, reads=reads))


@dataclass(frozen=True, slots=True)
class Door(Generic[R]):
    """What an operation opens, and by what: an argument of its own, or a field of its input. With `as_asked` it answers
    with the fields that its caller asks for."""

    noun: Noun[R]
    argument: str | None = None
    fields: Fields = frozenset()
    as_asked: bool = False

    def reading(self, *fields: str) -> "Door[R]":
        """The same door, which answers with more of the record than where it stands."""
        return replace(self, fields=frozenset(fields))

    @property
    def whole(self) -> "Door[R]":
        """The same door, which answers with the whole record."""
        return replace(self, fields=None)


def door_to(opened: Noun[R] | Door[R], *, inside: bool) -> Door[R]:
    """The door to what is named: by the argument `id`, or by the key of the input that names what is around."""
    door = opened if isinstance(opened, Door) else Door(opened)
    return door if door.argument is not None else replace(door, argument=door.noun.key if inside else "id")
