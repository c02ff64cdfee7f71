"""Events of comments on cards."""

from typing import Annotated

from models.records import CommentRecord
from realtime.events.base import IN_PROJECT, Event, Id, Shown


class CommentAdded(Event, topics=IN_PROJECT):
    """A comment was written."""

    comment: Annotated[CommentRecord, Shown("The comment.")]
    comment_count: Annotated[int, Shown("How many comments the card has with it.")]


class CommentDeleted(Event, topics=IN_PROJECT):
    """A comment was deleted."""

    deleted_id: Annotated[Id, Shown("The id of the comment.", name="comment_id")]
    card_id: Annotated[Id | None, Shown("The id of its card.")] = None
    comment_count: Annotated[int, Shown("How many comments the card has left.")]
