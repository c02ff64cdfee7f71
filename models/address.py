"""E-mail addresses: what is one, and which are the same."""

from models.text import canonical


def parse_address(text: str) -> str:
    """An address as accounts are known by it: in lower case, its domain in its own letters (IDNA 2008, UTS 46).

    Raises ValueError for what is none.
    """
    # Not at the top: this reads long tables, which few processes need.
    from email_validator import EmailNotValidError, validate_email

    try:
        # Nothing is asked of any name server; reserved names such as `.test` are left to whoever runs this.
        found = validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise ValueError(str(error)) from error
    return canonical(found.lower())


def known_address(text: str) -> str:
    """The same for whoever looks an account up: what is no address is nobody's."""
    try:
        return parse_address(text.strip())
    except ValueError:
        return canonical(text.strip().lower())


def mailbox(address: str) -> str:
    """The address without what follows a `+`: `ada+news@example.com` is read where `ada@example.com` is."""
    local, _, host = known_address(address).rpartition("@")
    return f"{local.partition('+')[0] or local}@{host}"
