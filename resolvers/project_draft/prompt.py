"""What the planner of a draft is told. What people have written is quoted: it is to be planned, and no instruction."""

from collections.abc import Iterable, Iterator

from models.records import DraftDocumentRecord, ProjectDraftRecord

MOST = 19_000
"""Characters of a prompt, less than a mission's has. What documents have beyond it the planner reads by itself."""


def planner_prompt(draft: ProjectDraftRecord, task: str) -> str:
    """The prompt for a task about a draft, with all of its texts."""
    told = "\n\n".join(
        [
            f"Plan the project of the draft {draft['_id']}. {task}",
            *_part("Name", draft["name"]),
            *_part("Brief", draft["description"] or ""),
            *_part("Team", "\n".join(f"{member['name']}: {member['role']}" for member in draft["team_members"])),
            *_part("Questions and answers", "\n".join(_answers(draft))),
        ]
    )[:MOST]
    documents = draft["context_documents"]
    share = (MOST - len(told)) // len(documents) if documents else 0
    return "\n\n".join([told, *_documents(documents, share)])[:MOST]


def _answers(draft: ProjectDraftRecord) -> Iterator[str]:
    for question in draft["questions"]:
        options = f" ({', '.join(question['options'])})" if question["options"] else ""
        answer = "not answered" if question["answer"] is None else question["answer"]
        yield f"{question['id']}: {question['text']}{options}: {answer}"


def _documents(documents: Iterable[DraftDocumentRecord], share: int) -> Iterator[str]:
    for document in documents:
        shown = document["content"][: max(0, share - 2 * len(document["name"]) - 200)]
        more = "" if len(shown) == len(document["content"]) else f", the first {len(shown)} characters"
        yield from _part(f"Document {document['name']}{more}", shown)


def _part(title: str, text: str) -> Iterator[str]:
    if text:
        yield f"{title}:\n" + "\n".join(f"> {line}" for line in text.splitlines())
