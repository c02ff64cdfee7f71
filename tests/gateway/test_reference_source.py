"""What is made of the types of the graph before they can be loaded: the references to them."""

from pathlib import Path

from gateway.cli.reference_source import reference_source
from gateway.paths import types_folder

STAR = """
import strawberry

import models
from schema.fields import filters, shows
from schema.references import MoonRef, StarRef


@filters(models.Star, "Which stars.")
class StarFilter:
    pass


@strawberry.type(description="What turns around a star.")
class Planet:
    moons: list[MoonRef]


@shows(models.Star, "What shines.")
class Star:
    next: StarRef | None


class Ring:
    pass
"""


def test_the_references_are_those_of_the_modules() -> None:
    assert (types_folder() / "references.py").read_text(encoding="utf-8") == reference_source(types_folder())


def test_there_is_a_reference_to_each_type_of_a_module_that_names_some_which_are_not_there_yet(tmp_path: Path) -> None:
    (tmp_path / "star.py").write_text(STAR)

    made = reference_source(tmp_path)

    assert "if TYPE_CHECKING:\n    from schema.star import Planet, Star\n" in made
    assert [line for line in made.splitlines() if "Ref = " in line] == [
        'PlanetRef = Annotated["Planet", strawberry.lazy("schema.star")]',
        'StarRef = Annotated["Star", strawberry.lazy("schema.star")]',
    ]


def test_no_field_leads_to_a_root_or_to_what_there_is_one_of_for_each_type(tmp_path: Path) -> None:
    (tmp_path / "query.py").write_text("@strawberry.type(description='The roots.')\nclass Query:\n    a: int\n")
    (tmp_path / "page.py").write_text("@strawberry.type(description='A page.')\nclass Page(Generic[T]):\n    a: T\n")

    assert "Ref = " not in reference_source(tmp_path)
