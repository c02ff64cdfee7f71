"""The kinds of objects that ids name: made of what classes say by `@kind`, by `orrery records --write`."""

from enum import IntEnum


class Kind(IntEnum):
    """The type code that an id carries. Codes are stored in ids: never renumber, never reuse."""

    USER = 0x11
    SESSION = 0x12
    API_TOKEN = 0x13
    KEY_USE = 0xE6
    ORGANIZATION = 0x21
    ORGANIZATION_MEMBER = 0x22
    TEAM = 0xE8
    TEAM_MEMBER = 0xE9
    WORKSPACE = 0x31
    WORKSPACE_MEMBER = 0x32
    INVITATION = 0x33
    PROJECT = 0x41
    PROJECT_MEMBER = 0x42
    SCOPE = 0x43
    COLUMN = 0x44
    LABEL = 0x45
    CUSTOM_FIELD = 0x46
    TEMPLATE = 0x47
    TRANSFER_JOB = 0x48
    CUSTOM_FIELD_OPTION = 0x4F
    CARD = 0x51
    CHECKLIST_ITEM = 0x52
    COMMENT = 0x53
    RELATION = 0x54
    ATTACHMENT = 0x55
    DOCUMENT = 0x56
    DOCUMENT_VERSION = 0x57
    DOCUMENT_LINK = 0x58
    ACTIVITY = 0x61
    NOTIFICATION = 0x62
    READ_MARK = 0x63
    AGENT = 0x71
    MISSION = 0x72
    MISSION_ACTIVITY = 0x73
    PROPOSAL = 0x74
    MISSION_STEP = 0x75
    MISSION_CALL = 0x76
    AGENT_TEMPLATE = 0xEA
    AGENT_AUTOMATION = 0xF6
    DISCOVERY_ENGINE = 0xF4
    EVENT = 0x81
    MAIL = 0x91
    MAIL_LINK = 0x92
    OBJECTIVE = 0xA1
    PILOTAGE_PRIORITY = 0xA2
    TODO = 0xA3
    DECISION = 0xA4
    PILOTAGE_DOCUMENT = 0xA5
    STANDING_ORDER = 0xA6
    PROJECT_DRAFT = 0xB3
    PIPELINE = 0xB4
    PLUGIN = 0xB5
    SKILL = 0xB6
    REMOTE_CALL = 0xDF
    CREDENTIAL = 0xC1
    CREDENTIAL_VERSION = 0xC2
    USAGE_RECORD = 0xC3
    BUDGET = 0xC4
    JOB = 0xC5
    WORKER = 0xF5
    QUEUE = 0xC6
    SCHEDULE = 0xC7
    PREFERENCES = 0xD4
    INSTALLATION = 0xD5
    LOG_ENTRY = 0xDE
    BACKUP = 0xE1
    IDENTITY = 0xE2
    PANEL_STATE = 0xD7
    SEEN_MARK = 0xD6
    CONVERSATION = 0xD8
    MESSAGE = 0xD9
    AUTOMATION = 0xB1
    AUTOMATION_TRACE = 0xB2
    WORKTREE = 0xDB
    SCRIPT = 0xDC
    SCRIPT_RUN = 0xDD
    OAUTH_CLIENT = 0xD1
    OAUTH_GRANT = 0xD2
    OAUTH_CODE = 0xD3
    WORKSPACE_FILE = 0xEC
    CHANGELOG_ENTRY = 0xED
    WALLET = 0xF2
    LEDGER_ENTRY = 0xF3
    LOG_LINE = 0xF7

    @property
    def title(self) -> str:
        """What an error calls an object of the kind."""
        return self.name.capitalize().replace("_", " ")
