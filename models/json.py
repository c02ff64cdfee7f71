"""What a client may put into a JSON value: nothing that the database would read as an instruction, or refuse."""

from typing import Any

from models.errors import BadUserInput

MAX_DEPTH = 16
MAX_NODES = 10_000
MAX_KEYS = 1_000
MAX_ENTRIES = 10_000
MAX_SHOWN_KEY = 60
_INT64 = 2**63


def check_json(value: Any, *, field: str) -> Any:
    """`value`, if it is plain JSON that MongoDB stores as it is.

    Raises BadUserInput for keys that start with `$` or hold a dot or NUL, integers over 64 bits, lone surrogates,
    NUL in text, more than 16 levels or 10,000 nodes.
    """
    nodes = 0
    pending: list[tuple[Any, int]] = [(value, 1)]
    while pending:
        current, depth = pending.pop()
        nodes += 1
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            raise BadUserInput(f"is deeper than {MAX_DEPTH} levels or larger than {MAX_NODES} values", field=field)
        if isinstance(current, dict):
            for key, child in current.items():
                if not isinstance(key, str) or key.startswith("$") or "." in key:
                    raise BadUserInput("has a key that starts with $ or holds a dot", field=field)
                check_text(key, field=field)
                pending.append((child, depth + 1))
        elif isinstance(current, list):
            pending += [(child, depth + 1) for child in current]
        elif isinstance(current, str):
            check_text(current, field=field)
        elif isinstance(current, int) and not -_INT64 <= current < _INT64:
            raise BadUserInput("has an integer of more than 64 bits", field=field)
    return value


def check_text(text: str, *, field: str) -> str:
    """`text`, if it has no NUL and no lone surrogate."""
    if "\x00" in text:
        raise BadUserInput("must not hold a NUL character", field=field)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadUserInput("is not valid Unicode text (a lone surrogate)", field=field) from error
    return text


def join_path(path: str, part: int | str) -> str:
    """The name of a field inside another, fit for an answer: a key is text of the client, of any length and content."""
    shown = str(part)[:MAX_SHOWN_KEY].encode("utf-8", "replace").decode().replace("\x00", "?")
    return f"{path}.{shown}" if path else shown


def check_shape(values: dict[str, Any], *, field: str, limit: int) -> None:
    """Refuse what would keep whoever reads it busy, before anyone does.

    Raises BadUserInput that names the first object of more than 1,000 keys or list of more than 10,000 entries, or
    for more than `limit` objects and lists altogether. `field` is the name of `values` itself, or empty.
    """
    if _fits(values, limit):
        return
    found = 0
    pending: list[tuple[str, Any]] = [(field, values)]
    while pending:
        path, current = pending.pop()
        if len(current) > (MAX_KEYS if isinstance(current, dict) else MAX_ENTRIES):
            limits = f"{MAX_KEYS} fields" if isinstance(current, dict) else f"{MAX_ENTRIES} entries"
            raise BadUserInput(f"has more than {limits}", field=path or "body")
        found += 1
        if found > limit:
            raise BadUserInput(f"holds more than {limit} objects and lists", field=field or "body")
        children = current.items() if isinstance(current, dict) else enumerate(current)
        pending += [(join_path(path, name), child) for name, child in children if isinstance(child, dict | list)]


def _fits(values: dict[str, Any], limit: int) -> bool:
    """Whether nothing in `values` is too large, in a fraction of the time that it takes to say what is."""
    found = 0
    pending: list[Any] = [values]
    while pending:
        current = pending.pop()
        found += 1
        if found > limit or len(current) > (MAX_KEYS if isinstance(current, dict) else MAX_ENTRIES):
            return False
        children = current.values() if isinstance(current, dict) else current
        pending += [child for child in children if isinstance(child, (dict, list))]
    return True
