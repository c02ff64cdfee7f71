"""What mutations return beside the object that was changed and the cursor of the event that tells of it."""

from datetime import datetime
from typing import Any

import strawberry

from models.agent_enums import SetUpStatus
from models.wallet import WalletUnit
from schema.agent import Agent
from schema.api_token import ApiToken
from schema.card import Card
from schema.consent import Consent
from schema.credential import Credential
from schema.custom_field import CustomField
from schema.document import Document
from schema.installation import Installation, LogExport, Oidc, Person
from schema.invitation import Invitation
from schema.job import Job
from schema.mission import Mission
from schema.pilotage import PilotagePriority
from schema.project import Project
from schema.proposal import Proposal
from schema.relation import Relation
from schema.scalars import Cursor
from schema.transfer import ImportNote
from schema.user import User

CURSOR = "Where the event of this change stands; a subscription `after` it brings what follows."


def cursor_field() -> Any:
    """The field `cursor` of a payload."""
    return strawberry.field(description=CURSOR)


@strawberry.type(description="What a deletion returns.")
class DeletePayload:
    deleted_id: strawberry.ID = strawberry.field(description="The id of what is gone.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a change of the account returns.")
class AccountPayload:
    cursor: Cursor = cursor_field()


@strawberry.type(description="A sign-in.")
class AuthPayload:
    access_token: str = strawberry.field(description="The token for `Authorization: Bearer …`.")
    expires_at: datetime = strawberry.field(description="When the token ends; a new sign-in gives another.")
    refresh_token: str = strawberry.field(description="What goes on with the session by `authRefresh`, once.")
    user: User = strawberry.field(description="Who signed in.")


@strawberry.type(description="A session that goes on.")
class AuthRefreshPayload:
    access_token: str = strawberry.field(description="The token for `Authorization: Bearer …` from now on.")
    expires_at: datetime = strawberry.field(description="When the session ends, unless it goes on again.")
    refresh_token: str = strawberry.field(description="What goes on with the session after this, once.")
    user: User = strawberry.field(description="Whose session it is.")


@strawberry.type(description="A sign-in at the provider of a credential.")
class CredentialAuthorizePayload:
    credential: Credential = strawberry.field(description="The credential.")
    url: str = strawberry.field(description="Where somebody signs in.")
    binding: str = strawberry.field(description="What the browser has to bring: the cookie `orrery_authorization`.")
    expires_at: datetime = strawberry.field(description="By when.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a credential holds.")
class CredentialRevealPayload:
    credential: Credential = strawberry.field(description="The credential.")
    value: str = strawberry.field(description="What it holds.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a change of the installation returns.")
class InstallationPayload:
    installation: Installation = strawberry.field(description="What everybody may know of it, as it is now.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a change of where the log is sent returns.")
class LogExportPayload:
    log_export: LogExport = strawberry.field(description="Where it is sent now.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a change of the identity provider returns.")
class OidcPayload:
    oidc: Oidc = strawberry.field(description="Which it is now.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="A sign-in with the identity provider that was begun.")
class OidcBeginPayload:
    url: str = strawberry.field(description="Where the browser goes to sign in.")
    flow: str = strawberry.field(description="What `oidcComplete` takes with the answer; good for ten minutes.")


@strawberry.type(description="What came of a try.")
class TryPayload:
    success: bool = strawberry.field(description="Whether it went well.")
    latency_ms: int = strawberry.field(description="How long it took, in milliseconds.")
    error: str | None = strawberry.field(description="What went wrong; null where nothing did.")


@strawberry.type(description="What a change of somebody's account returns.")
class PersonPayload:
    person: Person = strawberry.field(description="The account as it is now.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="A password that was made for somebody.")
class PersonPasswordPayload:
    person: Person = strawberry.field(description="The account.")
    generated_password: str = strawberry.field(description="The password, shown this once.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What creating a token, or giving a key another text, returns.")
class ApiTokenPayload:
    api_token: ApiToken = strawberry.field(description="The token, without its text.")
    secret: str = strawberry.field(description="Its text, shown this once.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a change of an API key returns.")
class ApiKeyPayload:
    api_token: ApiToken = strawberry.field(description="The key as it is now.")
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


@strawberry.type(description="Why one document of a batch was left as it is.")
class DocumentBatchError:
    code: str = strawberry.field(description="The stable code.")
    message: str = strawberry.field(description="The reason.")


@strawberry.type(description="What became of one document of a batch.")
class DocumentBatchResult:
    id: strawberry.ID = strawberry.field(description="The id of the document.")
    document: Document | None = strawberry.field(
        description="The document as it is now; null where it was deleted, or the change was refused."
    )
    error: DocumentBatchError | None = strawberry.field(description="Why it was refused.")


@strawberry.type(description="What a batch of documents returns.")
class DocumentBatchPayload:
    results: list[DocumentBatchResult] = strawberry.field(description="One for each, in the order of the ids.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="Why one proposal of a batch was left as it is.")
class ProposalBatchError:
    code: str = strawberry.field(description="The stable code.")
    message: str = strawberry.field(description="The reason.")


@strawberry.type(description="What became of one proposal of a batch.")
class ProposalBatchResult:
    id: strawberry.ID = strawberry.field(description="The id of the proposal.")
    proposal: Proposal | None = strawberry.field(
        description="The proposal as it is now; null where the decision was refused."
    )
    error: ProposalBatchError | None = strawberry.field(description="Why it was refused.")


@strawberry.type(description="What decisions on several proposals return.")
class ProposalBatchPayload:
    results: list[ProposalBatchResult] = strawberry.field(description="One for each, in the order of their making.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a change of a link between a document and a card returns.")
class DocumentLinkPayload:
    document: Document = strawberry.field(description="The document.")
    card: Card = strawberry.field(description="The card.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="A page where somebody pays.")
class CheckoutPayload:
    url: str = strawberry.field(description="Where to send the browser.")


@strawberry.type(description="A payment that was begun.")
class PaymentPayload:
    id: str = strawberry.field(description="Stripe's id of it.")
    client_secret: str = strawberry.field(description="Whoever has it may pay, with Stripe's own client.")
    status: str = strawberry.field(description="Where it stands, as Stripe says it.")
    package: str = strawberry.field(description="What is bought, by its slug.")
    unit: WalletUnit = strawberry.field(description="What the wallet counts that it goes into.")
    amount: float = strawberry.field(description="How much of that.")
    price: int = strawberry.field(description="What it costs, in cents of a US dollar.")


@strawberry.type(description="What a change of a custom field returns.")
class CustomFieldUpdatePayload:
    custom_field: CustomField = strawberry.field(description="The field as it is now.")
    affected_cards: int = strawberry.field(description="How many cards had a value that could not stay as it was.")
    cleared_values: int = strawberry.field(description="How many of the values are gone.")
    converted_values: int = strawberry.field(
        description="How many became another value: of the new type, or a list of options without those that are gone."
    )
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a step that becomes a card returns.")
class ChecklistItemConvertPayload:
    card: Card = strawberry.field(description="The new card.")
    parent: Card = strawberry.field(description="The card whose step it was.")
    relation: Relation = strawberry.field(description="The relation between the two.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What filing a card returns.")
class CardSubmitPayload:
    card: Card = strawberry.field(description="The new card, or the one that was there.")
    is_duplicate: bool = strawberry.field(description="Whether it was there already.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What an import returns.")
class ProjectImportPayload:
    project: Project = strawberry.field(description="The new project.")
    warnings: list[str] = strawberry.field(
        description="What of the file was left out, such as a relation in a circle; the first 500."
    )
    notes: list[ImportNote] = strawberry.field(description="What was mended, where that was wished; the first 500.")
    notes_omitted: int = strawberry.field(description="How many notes there would be beyond those.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What an invitation returns.")
class InvitationPayload:
    invitation: Invitation = strawberry.field(description="The invitation.")
    link: str | None = strawberry.field(
        description="The address that accepts it; null where it goes out by mail, to the invited person alone."
    )
    token: str | None = strawberry.field(description="What `invitationAccept` takes; null where `link` is.")
    expires_at: datetime = strawberry.field(description="When it ends.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a change of an agent returns.")
class AgentPayload:
    agent: Agent = strawberry.field(description="The agent as it is now.")
    token: str | None = strawberry.field(description="The text of its token, shown once, when it is created.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What came of a step of setting an agent up.")
class AgentSetUpResult:
    step: str = strawberry.field(description="What it is about.")
    status: SetUpStatus = strawberry.field(description="What came of it.")
    detail: str = strawberry.field(description="Where, or why not.")


@strawberry.type(description="What setting an agent up returns.")
class AgentSetUpPayload:
    agent: Agent = strawberry.field(description="The agent.")
    token: str | None = strawberry.field(description="The text of its token, shown once; null where it has none.")
    steps: list[AgentSetUpResult] = strawberry.field(description="What was done, in its order.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a change of a priority returns.")
class PilotagePriorityPayload:
    pilotage_priority: PilotagePriority = strawberry.field(description="The priority as it is now.")
    warnings: list[str] = strawberry.field(description="What is to be said of all that are active: too many, say.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What claiming jobs returns.")
class JobClaimPayload:
    jobs: list[Job] = strawberry.field(description="The jobs, each held by its `leaseToken`; none where none waits.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="Why one job of a batch was left as it is.")
class JobBatchError:
    code: str = strawberry.field(description="The stable code.")
    message: str = strawberry.field(description="The reason.")


@strawberry.type(description="What became of one job of a batch.")
class JobBatchResult:
    id: strawberry.ID = strawberry.field(description="The id of the job.")
    job: Job | None = strawberry.field(description="The job as it is now; null where that was refused.")
    error: JobBatchError | None = strawberry.field(description="Why it was refused: `CONFLICT` if a claim is over.")


@strawberry.type(description="What ending several jobs returns.")
class JobBatchPayload:
    results: list[JobBatchResult] = strawberry.field(description="One for each job, in the order of the input.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What claiming a mission returns.")
class MissionClaimPayload:
    mission: Mission | None = strawberry.field(description="The mission; null where none is queued.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What marking all notifications returns.")
class NotificationMarkAllReadPayload:
    count: int = strawberry.field(description="How many were unread.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a request returns that tells nothing of the account it is about.")
class AcceptedPayload:
    accepted: bool = strawberry.field(description="Always true: what was asked for is under way, or done.")


@strawberry.type(description="A second factor that waits for its first code.")
class TwoFactorBeginPayload:
    secret: str = strawberry.field(description="The secret in base32, to be typed where no code can be scanned.")
    otpauth_uri: str = strawberry.field(description="What the QR code for an authenticator says.")


@strawberry.type(description="Codes that take the place of the authenticator.")
class RecoveryCodesPayload:
    recovery_codes: list[str] = strawberry.field(description="Ten codes, each for one use, shown this once.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What ending the other sessions returns.")
class SessionsPayload:
    ended: int = strawberry.field(description="How many there were.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What giving a consent returns.")
class ConsentPayload:
    consents: list[Consent] = strawberry.field(description="All that the viewer has agreed to.")
    cursor: Cursor = cursor_field()
