"""What a client keeps of each noun, and the query that reads all of it. A new noun is an entry here."""

import re

from graphql import GraphQLObjectType, get_named_type, is_leaf_type
from pydantic.alias_generators import to_camel

import models
from models.facts import GRAPH, declared
from schema.graph import graph

BY_HAND: dict[str, str] = {
    "Workspace": "pilotage { cycle } defaultAgent { id } boardAgent { id }",
    "WorkspaceMember": "user { id name email jobTitle avatarUrl } joinedAt",
    "Project": "workspace { id } credential { id }",
    "ProjectMember": "user { id } joinedAt",
    "Template": "id name kind description isBuiltIn createdAt columns { name scope kind } cards { title column }",
    "Scope": "project { id }",
    "Column": "project { id } scope { id }",
    "Label": "project { id }",
    "Card": """
      checklistProgress checklist { id title done order } labels { id }
      project { id } scope { id } column { id } assignee { id } createdBy { id } pendingColumn { id }
      activeMission { id } originMission { id } credential { id } customFields { field { id } value }
    """,
    "CustomField": "options { id label color } project { id }",
    "Relation": "source { id } target { id } createdBy { id }",
    "Document": """
      content linkedCards(first: 50) { nodes { id } }
      project { id } scope { id } parent { id } submittedBy { id } reviewedBy { id } author { id } updatedBy { id }
    """,
    "Automation": "owner { id } project { id }",
    "Worktree": "project { id } card { id } createdBy { id }",
    "Script": "project { id } createdBy { id }",
    "ScriptRun": "script { id } card { id } startedBy { id }",
    "Attachment": "uploadedBy { id } card { id }",
    "TransferJob": """
      progress error { code message field } notes { place code message } notesOmitted
      project { id } workspace { id } createdBy { id }
    """,
    "Comment": "author { id } card { id }",
    "Agent": "user { id name } skills { id }",
    "AgentAutomation": "agent { id } createdBy { id }",
    "AgentTemplate": "createdBy { id }",
    "DiscoveryEngine": "agent { id } lastRun { id } costUsd createdBy { id }",
    "Skill": "createdBy { id }",
    "ChangelogEntry": "project { id } card { id } agent { id }",
    "WorkspaceFile": "content createdBy { id } updatedBy { id }",
    "ProjectDraft": """
      teamMembers { name role } contextDocuments { name size content }
      questions { id round kind text options answer }
      roadmap { name description deliverables { title description priority checklist } }
      mission { id } job { id } project { id } createdBy { id }
    """,
    "Pipeline": """
      createdBy { id }
      steps { id type after agent { id } text tool arguments condition { step path equals negated } }
    """,
    "Queue": "counts { waiting prioritized delayed active } createdBy { id }",
    "Job": "queue { id }",
    "Schedule": "queue { id }",
    "Objective": "createdBy { id }",
    "PilotagePriority": "createdBy { id }",
    "Todo": "objective { id } priority { id } createdBy { id }",
    "Decision": "createdBy { id }",
    "PilotageDocument": "createdBy { id }",
    "StandingOrder": "agent { id } createdBy { id }",
    "Proposal": """
      agent { id } mission { id } createdBy { id } decidedBy { id } arguments editedArguments isExecutable
      changes { id type before after }
    """,
    "RemoteCall": "mission { id } createdBy { id } settledBy { id }",
    "Mission": "agent { id } card { id } project { id } createdBy { id } continues { id } engine { id }",
    "MissionActivity": "author { id }",
    "Notification": "activity { id }",
}
"""What no model declares of it."""


def _declared(noun: str) -> str:
    """The fields of the graph's type that are what its model declares, and the id."""
    type_ = graph().type_map[noun]
    assert isinstance(type_, GraphQLObjectType)
    leaves = {name for name, field in type_.fields.items() if is_leaf_type(get_named_type(field.type))}
    names = ["id", *map(to_camel, declared(getattr(models, noun), GRAPH))]
    return " ".join(name for name in names if name in leaves)


FIELDS = {noun: f"{_declared(noun)} {by_hand}" for noun, by_hand in BY_HAND.items()}

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
        approvals(first: 50) { nodes { ...ProposalFields } }
        remoteCalls(first: 50) { nodes { ...RemoteCallFields } }
        agents(first: 500) { nodes { ...AgentFields } }
        agentAutomations(first: 50) { nodes { ...AgentAutomationFields } }
        discoveryEngines { ...DiscoveryEngineFields }
        agentTemplates { ...AgentTemplateFields }
        skills { ...SkillFields }
        changelog(first: 50) { nodes { ...ChangelogEntryFields } }
        files(first: 50) { nodes { ...WorkspaceFileFields } }
        queues(first: 50) { nodes {
          cursor ...QueueFields
          jobs(first: 50) { nodes { ...JobFields } } schedules(first: 50) { nodes { ...ScheduleFields } }
        } }
        projectDrafts(first: 50) { nodes { ...ProjectDraftFields } }
        pipelines(first: 50) { nodes { ...PipelineFields } }
        missions(first: 50) { nodes { ...MissionFields activities(first: 50) { nodes { ...MissionActivityFields } } } }
        steering: pilotage {
          objectives(first: 20) { nodes { ...ObjectiveFields } }
          priorities(first: 20) { nodes { ...PilotagePriorityFields } }
          todos(first: 20) { nodes { ...TodoFields } }
          decisions(first: 20) { nodes { ...DecisionFields } }
          documents(first: 20) { nodes { ...PilotageDocumentFields } }
          standingOrders(first: 20) { nodes { ...StandingOrderFields } }
        }
        projects(first: 20) { nodes {
          ...ProjectFields
          members(first: 50) { nodes { ...ProjectMemberFields } }
          scopes { ...ScopeFields columns { ...ColumnFields } }
          columns { ...ColumnFields }
          labels { ...LabelFields }
          customFields { ...CustomFieldFields }
          scripts { ...ScriptFields run { ...ScriptRunFields } }
          automations { ...AutomationFields }
          cards(first: 50, filter: {or: [{archived: {eq: true}}, {archived: {eq: false}}]}) {
            nodes {
              ...CardFields
              relations { relation { ...RelationFields } }
              attachments { ...AttachmentFields }
              worktree { ...WorktreeFields }
              comments(first: 20) { nodes { ...CommentFields } }
            }
          }
        } }
      }
    }
    """ + "\n".join(FRAGMENTS.values())

BELOW_PARENT = frozenset({"ProjectMember", "MissionActivity"})
"""Nouns that do not say themselves what they belong to."""
