"""The routes of the reference that these rooms serve, in both of its revisions, one a line.

Not here: agents and their runtime, pilotage, automations, pipelines, plugins, skills, drafts and billing.
"""

_WORKSPACE = "/orgs/{orgSlug}/workspaces/{wsSlug}"
_PROJECT = _WORKSPACE + "/projects/{projectId}"
_CARD = _PROJECT + "/cards/{cardId}"

_ROUTES = """
GET /api-tokens
POST /api-tokens
DELETE /api-tokens/{id}
POST /auth/change-password
POST /auth/login
GET /auth/me
PATCH /auth/me
POST /auth/register
POST /invitations/{token}/accept
GET /notifications
GET /notifications/count
PATCH /notifications/read-all
PATCH /notifications/{id}/read
GET /organizations
POST /organizations
DELETE /organizations/{orgSlug}
GET /organizations/{orgSlug}
PATCH /organizations/{orgSlug}
GET /organizations/{orgSlug}/members
POST /organizations/{orgSlug}/members
DELETE /organizations/{orgSlug}/members/{userId}
PATCH /organizations/{orgSlug}/members/{userId}
GET /orgs/{orgSlug}/workspaces
POST /orgs/{orgSlug}/workspaces
GET WORKSPACE
GET WORKSPACE/documents
POST WORKSPACE/documents
GET WORKSPACE/documents/all
DELETE WORKSPACE/documents/{documentId}
GET WORKSPACE/documents/{documentId}
PATCH WORKSPACE/documents/{documentId}
POST WORKSPACE/documents/{documentId}/review
POST WORKSPACE/documents/{documentId}/submit-review
POST WORKSPACE/members/invite
PATCH WORKSPACE/members/{userId}
GET WORKSPACE/projects
POST WORKSPACE/projects
POST WORKSPACE/projects/import
GET WORKSPACE/projects/portfolio
GET WORKSPACE/projects/templates
GET PROJECT/roadmap
GET PROJECT
PATCH PROJECT
GET PROJECT/cards
POST PROJECT/cards
DELETE CARD
PATCH CARD
GET CARD/attachments
POST CARD/attachments
DELETE CARD/attachments/{attachmentId}
GET CARD/attachments/{attachmentId}
POST CARD/checklist
DELETE CARD/checklist/{itemId}
PATCH CARD/checklist/{itemId}
GET CARD/comments
POST CARD/comments
DELETE CARD/comments/{commentId}
PATCH CARD/custom-fields
GET CARD/documents
POST CARD/documents/{documentId}/link
DELETE CARD/labels/{labelId}
POST CARD/labels/{labelId}
GET CARD/relations
POST CARD/relations
GET PROJECT/automations
POST PROJECT/automations
DELETE PROJECT/automations/{ruleId}
GET PROJECT/automations/{ruleId}
PATCH PROJECT/automations/{ruleId}
PATCH PROJECT/automations/{ruleId}/toggle
GET PROJECT/automations/{ruleId}/traces
GET PROJECT/columns
POST PROJECT/columns
DELETE PROJECT/columns/{columnId}
PATCH PROJECT/columns/{columnId}
POST PROJECT/columns/{columnId}/cards
GET PROJECT/custom-fields
POST PROJECT/custom-fields
DELETE PROJECT/custom-fields/{fieldId}
PATCH PROJECT/custom-fields/{fieldId}
GET PROJECT/export
GET PROJECT/labels
POST PROJECT/labels
DELETE PROJECT/labels/{labelId}
PATCH PROJECT/labels/{labelId}
GET PROJECT/members
POST PROJECT/members
DELETE PROJECT/members/{userId}
DELETE PROJECT/relations/{relationId}
GET PROJECT/scopes
POST PROJECT/scopes
DELETE PROJECT/scopes/{scopeId}
GET PROJECT/scopes/{scopeId}
PATCH PROJECT/scopes/{scopeId}
GET PROJECT/scopes/{scopeId}/views
PATCH PROJECT/scopes/{scopeId}/views
"""


def _whole(line: str) -> str:
    return line.replace("CARD", _CARD).replace("PROJECT", _PROJECT).replace("WORKSPACE", _WORKSPACE)


REFERENCE = frozenset(_whole(line) for line in _ROUTES.split("\n") if line)
