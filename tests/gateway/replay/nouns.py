"""What a client keeps of each noun, and the query that reads all of it. A new noun is an entry here."""

import re

FIELDS: dict[str, str] = {
    "Workspace": "id name slug isPersonal createdAt updatedAt",
    "WorkspaceMember": "user { id name email jobTitle avatarUrl } role pilotageRole joinedAt",
    "Project": "id name description deadline createdAt updatedAt workspace { id }",
    "ProjectMember": "user { id } joinedAt",
    "Template": "id name description isBuiltIn createdAt columns { name scope } cards { title column }",
    "Scope": "id name description startDate endDate activeView createdAt updatedAt project { id }",
    "Column": "id name rank createdAt project { id } scope { id }",
    "Label": "id name color project { id }",
    "Card": """
      id title description priority archived startDate dueDate startedAt completedAt rank version
      commentCount attachmentCount createdAt updatedAt checklistProgress checklist { id title done order } labels { id }
      project { id } scope { id } column { id } assignee { id } createdBy { id } customFields { field { id } value }
    """,
    "CustomField": "id name type createdAt options { id label color } project { id }",
    "Relation": "id type createdAt source { id } target { id } createdBy { id }",
    "Document": """
      id title docType tags contextType contextId contentFormat content size status reviewNotes submittedAt reviewedAt
      version createdAt updatedAt linkedCards(first: 50) { nodes { id } }
      project { id } scope { id } parent { id } submittedBy { id } reviewedBy { id } author { id } updatedBy { id }
    """,
    "Attachment": "id name mimeType size createdAt uploadedBy { id } card { id }",
    "TransferJob": """
      id state fileName fileSize done total progress warnings error { code message field }
      notes { place code message } notesOmitted
      createdAt startedAt finishedAt expiresAt project { id } workspace { id } createdBy { id }
    """,
    "Comment": "id content createdAt author { id } card { id }",
    "Agent": "id name slug description autonomyMode tools mcpOnly createdAt user { id name }",
    "Mission": """
      id prompt status progress summary error createdAt startedAt finishedAt
      agent { id } card { id } project { id } createdBy { id }
    """,
    "MissionActivity": "id kind content tool data createdAt",
    "Notification": "id readAt createdAt activity { id }",
}

FRAGMENTS = {name: f"fragment {name}Fields on {name} {{ __typename {fields} }}" for name, fields in FIELDS.items()}


def _top(fields: str) -> str:
    """Fields without what is selected below them, and without arguments."""
    while (less := re.sub(r"\([^()]*\)|{[^{}]*}", "", fields)) != fields:
        fields = less
    return fields


KEPT = {name: frozenset(re.findall(r"\w+", _top(fields))) for name, fields in FIELDS.items()}
"""The names of those fields, without what is selected below them."""

SNAPSHOT = """
    query ($org: String!, $slug: String!) {
      viewer { notificationsCursor notifications(first: 500) { nodes { ...NotificationFields } } }
      workspace(orgSlug: $org, slug: $slug) {
        cursor ...WorkspaceFields
        members(first: 500) { nodes { ...WorkspaceMemberFields } }
        templates { ...TemplateFields }
        documents(first: 20) { nodes { ...DocumentFields } }
        transferJobs(first: 20) { nodes { ...TransferJobFields } }
        agents(first: 500) { nodes { ...AgentFields } }
        missions(first: 50) { nodes { ...MissionFields activities(first: 50) { nodes { ...MissionActivityFields } } } }
        projects(first: 20) { nodes {
          ...ProjectFields
          members(first: 50) { nodes { ...ProjectMemberFields } }
          scopes { ...ScopeFields columns { ...ColumnFields } }
          columns { ...ColumnFields }
          labels { ...LabelFields }
          customFields { ...CustomFieldFields }
          cards(first: 50, filter: {or: [{archived: {eq: true}}, {archived: {eq: false}}]}) {
            nodes {
              ...CardFields
              relations { relation { ...RelationFields } }
              attachments { ...AttachmentFields }
              comments(first: 20) { nodes { ...CommentFields } }
            }
          }
        } }
      }
    }
    """ + "\n".join(FRAGMENTS.values())

BELOW_PARENT = frozenset({"ProjectMember", "MissionActivity"})
"""Nouns that do not say themselves what they belong to."""
