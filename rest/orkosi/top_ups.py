"""What is bought by itself once little is left: of the organization's tokens, and of the caller's credit."""

from typing import Any

from models.wallet import WalletUnit
from resolvers.inputs.wallet import (
    USUAL_MONTHLY,
    CreditTopUpCreate,
    CreditTopUpUpdate,
    Monthly,
    PackageSlug,
    PaymentMethod,
    Threshold,
    TokenTopUpCreate,
    TokenTopUpUpdate,
)
from resolvers.kit.input import Flag
from resolvers.wallet.top_up import (
    create_credit_top_up,
    create_token_top_up,
    get_credit_wallet,
    get_token_top_up,
    package_of,
    update_credit_top_up,
    update_token_top_up,
)
from rest.orkosi.bodies import Body, Changes
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.present.wallet import AutoTopUpData, CreditTopUpData, auto_top_up, credit_top_up
from rest.orkosi.workspace import organization_of
from rest.routing import Call

routes = orkosi_routes(
    "top-ups", "/billing", about="What is bought by itself once little is left.", place=280, tag_place=310
)


class TopUpBody(Body):
    """What a top-up of either kind says."""

    enabled: Flag = True
    max_monthly_topups: Monthly = USUAL_MONTHLY
    stripe_payment_method_id: PaymentMethod | None = None


class AutoTopUpBody(TopUpBody):
    """What is bought, and below how many tokens. `package_id` is the slug of a package."""

    threshold_tokens: Threshold
    package_id: PackageSlug


class CreditTopUpBody(TopUpBody):
    """What is bought, and below how many cents."""

    threshold_cents: Threshold
    package_slug: PackageSlug


class TopUpBodyChanges(Changes):
    """What changes of that; null changes nothing, but of `stripe_payment_method_id`, which it clears."""

    enabled: Flag | None = None
    package_slug: PackageSlug | None = None
    max_monthly_topups: Monthly | None = None
    stripe_payment_method_id: PaymentMethod | None = None


class AutoTopUpChanges(TopUpBodyChanges):
    """The same of tokens."""

    threshold_tokens: Threshold | None = None


class CreditTopUpChanges(TopUpBodyChanges):
    """The same of credit."""

    threshold_cents: Threshold | None = None


@routes.get("/auto-topup", "Read what tokens are bought by themselves", runs=get_token_top_up, names_object=True)
async def find(call: Call) -> AutoTopUpData:
    """With the packages that there are. For admins of the organization."""
    wallet = await get_token_top_up(call.ctx, await organization_of(call))
    return auto_top_up(wallet, call.ctx.services.billing.offered.values())


@routes.post(
    "/auto-topup",
    "Have tokens bought by themselves",
    runs=create_token_top_up,
    body=AutoTopUpBody,
    names_object=True,
)
async def create(call: Call) -> AutoTopUpData:
    """409 where that is set up already: `PUT` changes it."""
    body = call.body(AutoTopUpBody)
    values = TokenTopUpCreate(
        organization_id=await organization_of(call),
        threshold=body.threshold_tokens,
        package=_package(call, body.package_id, WalletUnit.TOKENS, "package_id"),
        is_enabled=body.enabled,
        max_monthly=body.max_monthly_topups,
        payment_method=body.stripe_payment_method_id,
    )
    wallet = (await create_token_top_up(call.ctx, values)).value
    return auto_top_up(wallet, call.ctx.services.billing.offered.values())


@routes.put(
    "/auto-topup",
    "Change what tokens are bought by themselves",
    runs=update_token_top_up,
    body=AutoTopUpChanges,
    names_object=True,
)
async def update(call: Call) -> AutoTopUpData:
    """What is not given stays. 404 where nothing is set up, 409 for the package while it is being paid."""
    changes = _changes(call, call.body(AutoTopUpChanges), "threshold_tokens", WalletUnit.TOKENS)
    values = TokenTopUpUpdate(organization_id=await organization_of(call), **changes)
    wallet = (await update_token_top_up(call.ctx, values)).value
    return auto_top_up(wallet, call.ctx.services.billing.offered.values())


@routes.get("/credit-auto-topup", "Read what credit is bought by itself", runs=get_credit_wallet)
async def find_credit(call: Call) -> CreditTopUpData:
    """The caller's own, with the packages that there are."""
    return credit_top_up(await get_credit_wallet(call.ctx), call.ctx.services.billing.offered.values())


@routes.post("/credit-auto-topup", "Have credit bought by itself", runs=create_credit_top_up, body=CreditTopUpBody)
async def create_credit(call: Call) -> CreditTopUpData:
    """409 where that is set up already: `PUT` changes it."""
    body = call.body(CreditTopUpBody)
    values = CreditTopUpCreate(
        threshold=body.threshold_cents,
        package=_package(call, body.package_slug, WalletUnit.CENTS, "package_slug"),
        is_enabled=body.enabled,
        max_monthly=body.max_monthly_topups,
        payment_method=body.stripe_payment_method_id,
    )
    wallet = (await create_credit_top_up(call.ctx, values)).value
    return credit_top_up(wallet, call.ctx.services.billing.offered.values())


@routes.put(
    "/credit-auto-topup",
    "Change what credit is bought by itself",
    runs=update_credit_top_up,
    body=CreditTopUpChanges,
    names_object=True,
)
async def update_credit(call: Call) -> CreditTopUpData:
    """What is not given stays. 404 where nothing is set up, 409 for the package while it is being paid."""
    values = CreditTopUpUpdate(**_changes(call, call.body(CreditTopUpChanges), "threshold_cents", WalletUnit.CENTS))
    wallet = (await update_credit_top_up(call.ctx, values)).value
    return credit_top_up(wallet, call.ctx.services.billing.offered.values())


def _changes(call: Call, body: TopUpBodyChanges, threshold: str, unit: WalletUnit) -> dict[str, Any]:
    """What a body changes, by the names of the input."""
    names = {
        "enabled": "is_enabled",
        "package_slug": "package",
        threshold: "threshold",
        "max_monthly_topups": "max_monthly",
        "stripe_payment_method_id": "payment_method",
    }
    if body.package_slug is not None:
        _package(call, body.package_slug, unit, "package_slug")
    given = {names[name]: value for name, value in body.given().items() if name in names}
    return {name: value for name, value in given.items() if value is not None or name == "payment_method"}


def _package(call: Call, slug: str, unit: WalletUnit, field: str) -> str:
    """The slug of a package that there is; raises BadUserInput for any other, under the name that it has here."""
    return package_of(call.ctx.services.billing, slug, unit, field=field).slug
