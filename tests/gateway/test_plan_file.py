"""The file of plans: what it may say, and how it is told what is wrong with it."""

from pathlib import Path

import pytest

from gateway.package_file import read_packages
from gateway.plan_file import read_plans
from gateway.settings import Settings, SettingsError

PLANS = """
[plans.free]
members = 5
agents = 0
storage = "1GB"
[plans.team]
name = "Team"
price = "price_1"
cost = 2900
projects = 100
"""
PACKAGES = """
[packages.small]
tokens = 1_000
price = 50
[packages.credit]
name = "Credit"
cents = 500
price = 499
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "plans.toml"
    file.write_text(text)
    return file


def test_a_file_declares_plans_in_its_order(tmp_path: Path) -> None:
    free, team = read_plans(written(tmp_path, PLANS)).values()

    assert (free.slug, free.name, free.price) == ("free", "free", None)
    assert (free.limits.members, free.limits.agents, free.limits.projects, free.limits.storage) == (5, 0, None, 1024**3)
    assert (team.name, team.price, team.cost, team.limits.projects) == ("Team", "price_1", 2900, 100)
    assert free.cost is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "plans must be 1 to 20 tables"),
        ("[plans.A]", "plans.A must have a name"),
        ("[plans]\na = 5", "plans.a must be a table"),
        ("[plans.a]\nmembers = 0", "plans.a.members must be a whole number from 1"),
        ("[plans.a]\nstorage = 'much'", "plans.a.storage must be a number of bytes"),
        ("[plans.a]\ntokens = 1", "plans.a knows no tokens"),
        ("[plans.a]\nprice = 'p'\n[plans.b]\nprice = 'p'", "plans must each have a price of its own"),
        ("[plans.a]\ncost = 'much'", "plans.a.cost must be a whole number from 0"),
        ("[plans", "is not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ValueError, match="names ") as refused:
        read_plans(written(tmp_path, text))

    assert problem in str(refused.value)


def test_a_file_declares_packages_beside_the_plans(tmp_path: Path) -> None:
    file = written(tmp_path, PLANS + PACKAGES)
    small, credit = read_packages(file).values()

    assert (small.slug, small.name, small.unit, small.amount, small.price) == ("small", "small", "tokens", 1_000, 50)
    assert (credit.name, credit.unit, credit.amount, credit.price) == ("Credit", "cents", 500, 499)
    assert list(read_plans(file)) == ["free", "team"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("packages = 1", "packages must be at most 50 tables"),
        ("[packages.A]", "packages.A must have a name"),
        ("[packages.a]\nprice = 1", "packages.a.price must be a whole number from 50"),
        ("[packages.a]\nprice = 50", "packages.a must have a price, and either tokens or cents"),
        ("[packages.a]\nprice = 50\ntokens = 1\ncents = 1", "packages.a must have a price, and either"),
        ("[packages.a]\ntokens = 1", "packages.a must have a price"),
        ("[packages.a]\nsize = 1", "packages.a knows no size"),
    ],
)
def test_what_is_wrong_with_packages_is_told_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ValueError, match="names ") as refused:
        read_packages(written(tmp_path, text))

    assert problem in str(refused.value)


def test_a_setting_names_the_file(tmp_path: Path) -> None:
    environ = {"ORRERY_DATA_DIR": str(tmp_path), "ORRERY_PLANS": str(written(tmp_path, PLANS + PACKAGES))}
    billing = Settings.from_env({**environ, "ORRERY_STRIPE_WEBHOOK_SECRET": "whsec_1"}).billing

    assert (list(billing.plans), billing.webhook_secret) == (["free", "team"], "whsec_1")
    assert list(billing.offered) == ["small", "credit"]
    assert "whsec_1" not in repr(billing)
    with pytest.raises(SettingsError, match="ORRERY_PLANS names"):
        Settings.from_env({**environ, "ORRERY_PLANS": str(tmp_path / "none.toml")})
