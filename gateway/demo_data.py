"""What `orrery demo` fills a workspace with: an invented maker of bicycle lights, its people and its plans."""

from dataclasses import dataclass
from typing import Any, Literal

Priority = Literal["LOW", "MEDIUM", "HIGH"]
Who = Literal["noor", "ines", "tomas", "atlas", "quill", "vega"]

TODO, DOING, REVIEW, DONE = range(4)
COLUMNS = ("To do", "In progress", "In review", "Done")

ORGANIZATION = ("Lumen Bikes", "lumen-bikes")
WORKSPACE = ("Studio", "studio")
PEOPLE: dict[Who, tuple[str, str]] = {
    "noor": ("Noor Haddad", "demo"),
    "ines": ("Ines Marchetti", "ines"),
    "tomas": ("Tomas Reed", "tomas"),
}
"""Name and the local part of the address; the first is who runs the demo."""


@dataclass(frozen=True, slots=True)
class Card:
    """`due` counts days from today; `steps` are a checklist, of which the first `done` are ticked."""

    title: str
    column: int
    text: str | None = None
    priority: Priority | None = None
    labels: tuple[str, ...] = ()
    who: Who | None = None
    due: int | None = None
    steps: tuple[str, ...] = ()
    done: int = 0
    comments: tuple[tuple[Who, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """`start` and `end` count days from today."""

    name: str
    text: str
    start: int
    end: int
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Automation:
    name: str
    trigger: str
    action: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Project:
    name: str
    text: str
    deadline: int
    labels: dict[str, str]
    scopes: tuple[Scope, ...]
    cards: tuple[Card, ...]
    automations: tuple[Automation, ...] = ()


@dataclass(frozen=True, slots=True)
class Agent:
    name: str
    slug: str
    text: str
    mode: Literal["SUPERVISED", "AUTONOMOUS", "APPROVAL"]
    model: str | None = None
    """The model that the gateway runs it by; one without is driven by the demo itself, over the API."""


AGENTS: dict[Who, Agent] = {
    "atlas": Agent("Atlas", "atlas", "Reads measurements and supplier notes, and says what follows.", "AUTONOMOUS"),
    "quill": Agent("Quill", "quill", "Drafts release notes, manuals and answers to customers.", "APPROVAL"),
    "vega": Agent("Vega", "vega", "Turns loose cards into work that somebody can begin with.", "SUPERVISED", "demo"),
}

LAMP = Project(
    "Lumen Two launch",
    "The second generation of our front light: brighter, repairable, in the shops by spring.",
    75,
    {"hardware": "#f59e0b", "firmware": "#3b82f6", "supplier": "#8b5cf6", "safety": "#ef4444", "launch": "#10b981"},
    (
        Scope(
            "Prototype C",
            "The last prototype before tooling. It has to survive rain, cobblestones and a winter commute.",
            -12,
            16,
            (
                Card(
                    "Find out why the battery gauge jumps below 20 %",
                    DOING,
                    "Three of eight testers saw the gauge fall from 19 % to 3 % within a minute, always in the cold. "
                    "The logs of their lamps are attached to the shared folder.",
                    "HIGH",
                    ("firmware", "safety"),
                    "atlas",
                    4,
                    ("Collect the logs of all testers", "Compare voltage with temperature", "Propose a correction"),
                    1,
                    (("tomas", "Mine does it too, at about two degrees."), ("noor", "Atlas, please take this one.")),
                ),
                Card(
                    "Seal the charging port against spray",
                    REVIEW,
                    "The silicone flap lifts at one corner after some hundred openings.",
                    "HIGH",
                    ("hardware",),
                    "tomas",
                    6,
                    ("Harder silicone", "Deeper lip", "Spray test, 30 minutes"),
                    2,
                ),
                Card("Vibration test on the cobblestone rig", DONE, None, "MEDIUM", ("hardware", "safety"), "tomas"),
                Card(
                    "Beam pattern: less glare for oncoming riders",
                    DOING,
                    "Cut-off edge five centimetres lower at ten metres.",
                    "MEDIUM",
                    ("hardware", "safety"),
                    "ines",
                    9,
                    comments=(("ines", "The new reflector sample arrives on Thursday."),),
                ),
                Card("Dim automatically when the bike stands still", TODO, None, "LOW", ("firmware",)),
                Card("Measure run time at minus ten degrees", TODO, None, "MEDIUM", ("hardware",), "tomas", 11),
                Card("Replaceable cell: open the case with one coin", DONE, None, "HIGH", ("hardware",), "ines"),
            ),
        ),
    ),
    (
        Card(
            "Second quote for the aluminium housing",
            DOING,
            "The first supplier asks for a minimum of five thousand pieces.",
            "HIGH",
            ("supplier",),
            "noor",
            3,
            ("Send drawings", "Ask for a sample", "Compare prices at 1,000 and 3,000 pieces"),
            2,
            (("noor", "A foundry in Porto would start at 800 pieces."),),
        ),
        Card("Order connectors before the price rises", TODO, None, "HIGH", ("supplier",), "noor", 5),
        Card("Packaging without plastic", REVIEW, "A folded sleeve of grey board.", "MEDIUM", ("launch",), "ines", 20),
        Card(
            "Write the quick-start card",
            TODO,
            "One side, six pictures, no more than forty words.",
            "LOW",
            ("launch",),
            "quill",
            25,
            ("Draft", "Test with somebody who has never seen the lamp"),
        ),
        Card("Photo day at the velodrome", TODO, None, "MEDIUM", ("launch",), "ines", 30),
        Card("Book the certification laboratory", DONE, None, "HIGH", ("safety",), "noor"),
        Card("Agree on the retail price", DONE, None, "HIGH", ("launch",), "noor"),
    ),
    (
        Automation(
            "Say when all steps of a card are done",
            "CHECKLIST_COMPLETE",
            {"type": "notify", "message": "All steps are done: who has a look?"},
        ),
    ),
)

APP = Project(
    "Companion app",
    "Pairs with the lamp, shows its charge and updates its firmware. Small on purpose.",
    60,
    {"ios": "#6b7280", "android": "#10b981", "design": "#ec4899", "bug": "#ef4444", "privacy": "#14b8a6"},
    (
        Scope(
            "Beta with fifty riders",
            "Fifty riders in three cities use the app every day for four weeks.",
            -5,
            23,
            (
                Card(
                    "Pairing fails when two lamps are in reach",
                    DOING,
                    "The app takes whichever answers first. It should ask.",
                    "HIGH",
                    ("bug", "android", "ios"),
                    "tomas",
                    2,
                    ("Show both with their serial numbers", "Blink the one that is touched"),
                    1,
                    (("ines", "Happens at every bike rack with more than one of us."),),
                ),
                Card("Firmware update resumes after a lost connection", REVIEW, None, "HIGH", ("android",), "tomas", 5),
                Card("Feedback form inside the app", DONE, None, "MEDIUM", ("design",), "ines"),
                Card(
                    "Weekly summary of what testers report",
                    TODO,
                    "Group by topic, quote the sharpest sentence of each.",
                    "MEDIUM",
                    (),
                    "quill",
                    7,
                ),
                Card("Charge widget for the lock screen", TODO, None, "LOW", ("ios", "design"), None, 18),
                Card("Crash when Bluetooth is switched off while pairing", DONE, None, "HIGH", ("bug",), "tomas"),
            ),
        ),
    ),
    (
        Card(
            "Say plainly which data leaves the phone",
            REVIEW,
            "None, unless the rider sends feedback. The page should say it in that many words.",
            "HIGH",
            ("privacy",),
            "noor",
            8,
            comments=(("quill", "A draft of 60 words is in the description of the release."),),
        ),
        Card("Larger type for the main screen", DOING, None, "MEDIUM", ("design",), "ines", 6),
        Card("Translate into Dutch and German", TODO, None, "LOW", (), "quill", 28),
        Card(
            "Dark theme",
            TODO,
            "Most rides with a lamp happen in the dark.",
            "MEDIUM",
            ("design",),
            "ines",
            21,
            ("Palette", "Contrast check", "Screens one to five"),
        ),
        Card("Drop support for the oldest phones", DONE, None, "LOW", ("android", "ios"), "tomas"),
        Card("Load test of the update server", TODO, None, "MEDIUM", (), "atlas", 19),
    ),
)

WORKSHOP = Project(
    "Repair workshop",
    "A room where riders bring their lamps, and leave with the same lamp, working.",
    40,
    {"room": "#f59e0b", "people": "#3b82f6", "tools": "#6b7280", "opening": "#ec4899"},
    (
        Scope(
            "Opening week",
            "From Monday's soft opening to Saturday's party.",
            20,
            27,
            (
                Card(
                    "Invite the cycling clubs", DOING, None, "MEDIUM", ("opening",), "noor", 14, ("List", "Letter"), 1
                ),
                Card("Borrow a coffee machine", TODO, None, "LOW", ("opening",), "ines", 22),
                Card("Signs in the street", TODO, None, "LOW", ("opening",), None, 19),
                Card(
                    "Price list on one page",
                    REVIEW,
                    "Every repair has one price, parts included.",
                    "HIGH",
                    ("opening",),
                    "quill",
                    12,
                    comments=(("noor", "Round the prices to full coins."),),
                ),
            ),
        ),
    ),
    (
        Card(
            "Sign the lease",
            DONE,
            "Three years, ground floor, level entrance.",
            "HIGH",
            ("room",),
            "noor",
            comments=(("tomas", "The door is wide enough for a cargo bike. I measured twice."),),
        ),
        Card(
            "Fit two work benches",
            DOING,
            None,
            "HIGH",
            ("room", "tools"),
            "tomas",
            5,
            ("Wall anchors", "Sockets at bench height", "Lamp above each bench"),
            2,
        ),
        Card("Order spare cells and seals", TODO, None, "HIGH", ("tools",), "tomas", 9),
        Card("Hire a mechanic for three days a week", DOING, None, "HIGH", ("people",), "noor", 15),
        Card(
            "Teach everyone to open the lamp safely",
            TODO,
            None,
            "MEDIUM",
            ("people",),
            "tomas",
            17,
            ("Handout", "One hour of practice"),
        ),
        Card("Bin for dead batteries, collected monthly", DONE, None, "MEDIUM", ("room",), "ines"),
        Card("Which faults come back most often?", TODO, "From two years of returns.", "LOW", (), "atlas", 24),
    ),
)

PROJECTS = (LAMP, APP, WORKSHOP)

OBJECTIVES: tuple[dict[str, str], ...] = (
    {"objective": "Lumen Two is in the shops by spring", "module": "Lumen Two", "status": "IN_PROGRESS"},
    {"objective": "Fifty riders use the app every day", "module": "App", "status": "IN_PROGRESS"},
    {
        "objective": "The workshop opens with two trained mechanics",
        "module": "Workshop",
        "status": "BLOCKED",
        "blockedReason": "Nobody has answered the advertisement yet",
    },
)
PRIORITIES = ("Nothing leaves the house that fails in the cold", "Answer every tester within a day")
TODOS = (
    ("Ride once more in the cold with the corrected gauge", "Lumen Two is in the shops by spring", "IN_PROGRESS"),
    ("Ask the foundry in Porto for a sample", "Lumen Two is in the shops by spring", "TODO"),
    ("Read the diaries of the first week", "Fifty riders use the app every day", "DONE"),
)
"""What is to be done, for which objective, and where it stands."""
DECISION = ("Correct the gauge in the firmware", "No new cells, and no change of the housing: three weeks saved.")
ORDER = "Say where a number comes from, with the number of rides or parts behind it."

MISSION_CARD = "Find out why the battery gauge jumps below 20 %"
MISSION_PROMPT = "Compare the testers' logs, say why the gauge jumps in the cold, and propose a correction."
WAITING_CARD = "Write the quick-start card"
WAITING_PROMPT = "Draft the quick-start card: six pictures, at most forty words."


@dataclass(frozen=True, slots=True)
class Beat:
    """One report of the demo's mission: an activity, what is said aloud, and how far it has got (0 to 1)."""

    kind: Literal["THOUGHT", "ACTION", "RESPONSE"]
    content: str
    progress: float
    tool: str | None = None
    output: str = ""


BEATS = (
    Beat("THOUGHT", "The gauge falls only in the cold, so I look at voltage beside temperature first.", 0.1),
    Beat(
        "ACTION",
        "Read the logs of eight lamps: 214 rides, 61 of them below five degrees.",
        0.3,
        "read_logs",
        "Of 61 cold rides, 23 show a sudden drop of the gauge. Of the 153 warm ones, none does. ",
    ),
    Beat(
        "ACTION",
        "Fitted the cell's voltage against the charge that was really left.",
        0.5,
        "fit_curve",
        "In the cold the voltage sags by about 0.2 V under load, which the gauge takes for an empty cell. "
        "The charge is still there: lamps that were warmed up showed 17 to 21 % again. ",
    ),
    Beat("THOUGHT", "A table of corrections by temperature would do; the lamp has a sensor already.", 0.65),
    Beat(
        "ACTION",
        "Replayed all rides with the corrected gauge.",
        0.85,
        "replay_rides",
        "With the correction the largest step on any ride is 2 %, and no lamp ends earlier than it says. ",
    ),
    Beat(
        "RESPONSE",
        "Correct the gauge by temperature: five numbers in the firmware, no change of hardware.",
        1.0,
        None,
        "So: five numbers in the firmware, no change of hardware, and one more ride in the cold to be sure.",
    ),
)
SUMMARY = "The cold makes the voltage sag and the gauge reads it as empty; a table of five corrections cures it."
AGENT_COMMENT = "The cell is not empty, it is cold. Five correction values cure it; the replay of 214 rides agrees."
