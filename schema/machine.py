"""Folders and files of the machine that the gateway runs on."""

import strawberry


@strawberry.type(description="A folder in another one.")
class FolderEntry:
    name: str = strawberry.field(description="The name; of a root, its path.")
    path: str = strawberry.field(description="The absolute path.")
    is_git_repo: bool = strawberry.field(description="Whether it holds a repository.")


@strawberry.type(description="A folder of the gateway's machine, or the roots.")
class Folder:
    path: str | None = strawberry.field(description="The absolute path; null for the roots.")
    parent: str | None = strawberry.field(description="The folder that it is in; null for a root.")
    entries: list[FolderEntry] = strawberry.field(description="The folders in it, by name; at most 1,000.")
    is_whole: bool = strawberry.field(description="Whether these are all.")


@strawberry.type(description="A file of text of the gateway's machine.")
class TextFile:
    path: str = strawberry.field(description="The absolute path.")
    content: str = strawberry.field(description="What is in it.")
    size: int = strawberry.field(description="How many bytes it has.")
