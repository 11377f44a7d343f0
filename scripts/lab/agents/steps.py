"""What a scripted agent does, told without the agent's format: the steps of a turn."""

from dataclasses import dataclass, field


@dataclass
class Run:
    """A shell command. `tool` is its kind in the figures; `wire` says whether it should reach the wire at all."""
    command: str
    tool: str
    note: str
    wire: bool = True
    background: bool = False
    # What the transcript shows is not what ran.
    mismatch: bool = False


@dataclass
class Write:
    path: str
    content: str


@dataclass
class Edit:
    path: str
    old: str
    new: str


@dataclass
class Outside:
    """Somebody else changes a file: no transcript says so."""
    path: str
    content: str


@dataclass
class Together:
    """Calls of one answer of the model: they run at the same moment."""
    runs: list[Run]


@dataclass
class Delegate:
    """A sub-agent's work."""
    note: str
    prompt: str
    steps: list


@dataclass
class Delegates:
    """Sub-agents of one answer of the model: they work at the same time."""
    agents: list[Delegate]


@dataclass
class Live:
    """A program that stays, and what is typed into it."""
    command: str
    tool: str
    inputs: list[str]
    prompt: str
    leave: str
    # How the same work is done by an agent whose tools cannot type.
    instead: list = field(default_factory=list)


@dataclass
class Settle:
    """Waits for what was sent to the background and reads its output."""


@dataclass
class Compact:
    """The context ran full: a summary takes its place."""


@dataclass
class Turn:
    prompt: str
    steps: list
    # Typed while the turn before was still going on: given to the model `after` it, or `during` it.
    queued: str | None = None


@dataclass
class Plan:
    """One conversation."""
    number: int
    agent: str
    version: str
    developer: str
    project: str
    turns: list[Turn]
    # Files that are there before it begins, by path in the project.
    files: dict[str, str]
    databases: list[str]
