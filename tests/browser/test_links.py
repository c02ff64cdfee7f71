"""The pages that the links of mails open, as the person who got the mail uses them."""

import re
import secrets
from pathlib import Path

import httpx
import pytest
from playwright.async_api import expect

from gateway.settings import Settings
from tests.browser.conftest import Visit
from tests.gateway.mail_lab import until
from tests.loopback import NO_TLS

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
NEW = "another password"


async def register(address: str, name: str) -> tuple[str, str]:
    """The address and the token of a new person."""
    email = f"{name}-{secrets.token_hex(4)}@example.com"
    async with httpx.AsyncClient(verify=NO_TLS, base_url=address) as client:
        answer = await client.post("/auth/register", json={"email": email, "password": PASSWORD, "name": name.title()})
        return email, answer.json()["access_token"]


async def invite(address: str, token: str, email: str) -> str:
    """The path of the link."""
    async with httpx.AsyncClient(
        verify=NO_TLS, base_url=address, headers={"authorization": f"Bearer {token}"}
    ) as client:
        organization = (await client.get("/organizations")).json()[0]["slug"]
        path = f"/orgs/{organization}/workspaces/personal/members/invite"
        made: str = (await client.post(path, json={"email": email})).json()["token"]
        return f"/invitations/accept#{made}"


async def link_in_mail(settings: Settings, email: str, page: str) -> str:
    """The path and the fragment of the link of a mail in the folder."""
    found: list[str] = []

    def look() -> bool:
        for file in Path(settings.data_dir, "mail").glob("*.eml"):
            text = file.read_text().replace("=\n", "").replace("=\r\n", "")
            if email in text and (match := re.search(rf"{page}#[\w-]+", text)):
                found.append(match[0])
        return bool(found)

    await until(look)
    return found[0]


async def test_a_newcomer_registers_and_accepts(address: str, visit: Visit) -> None:
    _, token = await register(address, "ada")
    email = f"new-{secrets.token_hex(4)}@example.com"
    link = await invite(address, token, email)

    await visit.page.goto(address + link)
    await expect(visit.page.get_by_role("status")).to_have_text(f"Ada invites {email} to Personal.")
    await visit.page.locator("#register").get_by_label("Name").fill("New")
    await visit.page.locator("#register").get_by_label("Password").fill(PASSWORD)
    await visit.page.get_by_role("button", name="Register and accept").click()

    await expect(visit.page.get_by_role("status")).to_have_text("Welcome to Personal.")
    assert visit.foreign == []


async def test_a_person_with_an_account_signs_in_and_accepts(address: str, visit: Visit) -> None:
    _, token = await register(address, "ada")
    email, _ = await register(address, "bob")
    link = await invite(address, token, email)

    await visit.page.goto(address + link)
    await visit.page.locator("#sign-in").get_by_label("Password").fill("wrong")
    await visit.page.get_by_role("button", name="Sign in and accept").click()
    await expect(visit.page.get_by_role("status")).to_have_text("The e-mail address or the password is wrong")
    await visit.page.locator("#sign-in").get_by_label("Password").fill(PASSWORD)
    await visit.page.get_by_role("button", name="Sign in and accept").click()

    await expect(visit.page.get_by_role("status")).to_have_text("Welcome to Personal.")


async def test_an_address_is_confirmed_by_a_press_of_the_button(address: str, visit: Visit, settings: Settings) -> None:
    email, token = await register(address, "ada")
    link = await link_in_mail(settings, email, "/account/verify-email")

    await visit.page.goto(address + link)
    await visit.page.get_by_role("button", name="Confirm the address").click()

    await expect(visit.page.get_by_role("status")).to_have_text("The address is confirmed.")
    async with httpx.AsyncClient(
        verify=NO_TLS, base_url=address, headers={"authorization": f"Bearer {token}"}
    ) as client:
        assert (await client.get("/auth/me")).json()["user"]["emailVerified"] is True


async def test_a_forgotten_password_is_replaced(address: str, visit: Visit, settings: Settings) -> None:
    email, _ = await register(address, "ada")
    async with httpx.AsyncClient(verify=NO_TLS, base_url=address) as client:
        await client.post("/auth/forgot-password", json={"email": email})
        link = await link_in_mail(settings, email, "/account/reset-password")

        await visit.page.goto(address + link)
        await visit.page.get_by_label("New password").fill(NEW)
        await visit.page.get_by_role("button", name="Set the password").click()

        await expect(visit.page.get_by_role("status")).to_have_text("The password is set: sign in with it.")
        assert (await client.post("/auth/login", json={"email": email, "password": NEW})).status_code == 201
