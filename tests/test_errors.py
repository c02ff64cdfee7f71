"""The codes of errors and their pages are the same."""

import re
from pathlib import Path

import pytest

from models.errors import OrreryError
from serving.graph import endpoint

PAGES = Path(__file__).resolve().parents[1] / "docs" / "errors"


assert endpoint  # what answers requests has errors of its own


def errors(of: type[OrreryError] = OrreryError) -> set[type[OrreryError]]:
    """An error and all that are made of it in the product."""
    below = {one for child in of.__subclasses__() for one in errors(child)}
    return {one for one in {of, *below} if not one.__module__.startswith("tests.")}


CODES = sorted({one.code for one in errors()})


def page_of(code: str) -> Path:
    return PAGES / f"{code.lower().replace('_', '-')}.md"


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert {file.name for file in PAGES.glob("*.md")} == {"README.md", *(page_of(code).name for code in CODES)}


@pytest.mark.parametrize("code", CODES)
def test_a_page_tells_its_code_and_every_status_of_it(code: str) -> None:
    text = page_of(code).read_text()
    statuses = {str(one.status) for one in errors() if one.code == code}

    assert text.startswith(f"# {code}\n")
    [told] = re.findall(r"^Status: (.+)\.$", text, flags=re.M)
    assert statuses <= set(re.findall(r"\d{3}", told))
    assert f"[`{code}`]({page_of(code).name})" in (PAGES / "README.md").read_text()
