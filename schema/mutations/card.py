"""Mutations on cards, their labels and comments."""

from typing import Annotated, Any

import strawberry

from resolvers import card, card_update, comment, label
from resolvers.inputs.card import CardCreate, CardMove, CardUpdate, CommentCreate
from schema.arguments import CHANGES, VALUES, CardId, CommentId, LabelId
from schema.card import Card
from schema.comment import Comment
from schema.context import Info
from schema.inputs.base import read
from schema.inputs.card import CardCreateInput, CardMoveInput, CardUpdateInput, CommentCreateInput
from schema.loading import mutation
from schema.payload import DeletePayload, committed, cursor_field, deleted, payload
from schema.scalars import Cursor


@strawberry.type(description="What a change of a card returns.")
class CardPayload:
    card: Card = strawberry.field(description="The card as it is now.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="Why one card of a batch was left as it is.")
class CardBatchError:
    code: str = strawberry.field(description="The stable code.")
    message: str = strawberry.field(description="The reason.")


@strawberry.type(description="What became of one card of a batch.")
class CardBatchResult:
    id: strawberry.ID = strawberry.field(description="The id of the card.")
    card: Card | None = strawberry.field(description="The card as it is now; null where the change was refused.")
    error: CardBatchError | None = strawberry.field(description="Why it was refused.")


@strawberry.type(description="What a batch returns.")
class CardBatchPayload:
    results: list[CardBatchResult] = strawberry.field(description="One for each card, in the order of the ids.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a change of a comment returns.")
class CommentPayload:
    comment: Comment = strawberry.field(description="The comment.")
    cursor: Cursor = cursor_field()


CardIds = Annotated[list[strawberry.ID], strawberry.argument(description="The ids of 1 to 50 cards.")]
Archived = Annotated[bool, strawberry.argument(description="False brings it back.")]


@strawberry.type
class CardMutation:
    @mutation("Create a card at the end of a column.")
    async def card_create(self, info: Info, input: Annotated[CardCreateInput, VALUES]) -> CardPayload:
        return committed(CardPayload, "card", await card.create_card(info.context.ctx, read(CardCreate, input)))

    @mutation("Change a card.")
    async def card_update(self, info: Info, id: CardId, input: Annotated[CardUpdateInput, CHANGES]) -> CardPayload:
        done = await card_update.update_card(info.context.ctx, id, read(CardUpdate, input))
        return committed(CardPayload, "card", done)

    @mutation("Move a card to a place of a column.")
    async def card_move(self, info: Info, id: CardId, input: Annotated[CardMoveInput, VALUES]) -> CardPayload:
        done = await card_update.move_card(info.context.ctx, id, read(CardMove, input))
        return committed(CardPayload, "card", done)

    @mutation("Take a card out of sight, or bring it back.")
    async def card_archive(self, info: Info, id: CardId, archived: Archived = True) -> CardPayload:
        done = await card_update.archive_card(info.context.ctx, id, archived)
        return committed(CardPayload, "card", done)

    @mutation("Delete a card with its comments, for good.")
    async def card_delete(self, info: Info, id: CardId) -> DeletePayload:
        return deleted(await card.delete_card(info.context.ctx, id))

    @mutation("Make the same change to up to 50 cards of one workspace.")
    async def card_batch_update(
        self, info: Info, ids: CardIds, input: Annotated[CardUpdateInput, CHANGES]
    ) -> CardBatchPayload:
        results, cursor = await card_update.update_cards(info.context.ctx, ids, read(CardUpdate, input))
        return payload(CardBatchPayload, results=[_result(one) for one in results], cursor=str(cursor))

    @mutation("Put a label of the project on a card.")
    async def card_label_add(self, info: Info, card_id: CardId, label_id: LabelId) -> CardPayload:
        return committed(CardPayload, "card", await label.add_card_label(info.context.ctx, card_id, label_id))

    @mutation("Take a label off a card.")
    async def card_label_remove(self, info: Info, card_id: CardId, label_id: LabelId) -> CardPayload:
        return committed(CardPayload, "card", await label.remove_card_label(info.context.ctx, card_id, label_id))

    @mutation("Comment on a card.")
    async def comment_create(self, info: Info, input: Annotated[CommentCreateInput, VALUES]) -> CommentPayload:
        done = await comment.create_comment(info.context.ctx, read(CommentCreate, input))
        return committed(CommentPayload, "comment", done)

    @mutation("Delete a comment: its author may, and the workspace's admins.")
    async def comment_delete(self, info: Info, id: CommentId) -> DeletePayload:
        return deleted(await comment.delete_comment(info.context.ctx, id))


def _result(one: card_update.BatchResult) -> dict[str, Any]:
    # An exception as a value would be taken for a failure of the field.
    error = {"code": one.error.code, "message": one.error.message} if one.error else None
    return {"id": one.id, "card": one.card, "error": error}
