"""The documents of `graphql/operations`: one operation a file, known by the hash of its bytes."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

PREFIX = "sha256:"


@dataclass(frozen=True, slots=True)
class Trusted:
    """One document; `name` is its file's, `digest` 64 hexadecimal digits."""

    name: str
    text: str
    digest: str

    @property
    def id(self) -> str:
        """What a client sends as `documentId`."""
        return PREFIX + self.digest


def digest_of(text: str) -> str:
    """The SHA-256 of a document's text, which a lone surrogate must not break."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def trusted_documents(folder: Path) -> list[Trusted]:
    """The documents of a folder by name; none where it does not exist."""
    texts = {file.stem: file.read_bytes().decode() for file in sorted(folder.glob("*.graphql"))}
    return [Trusted(name, text, digest_of(text)) for name, text in texts.items()]
