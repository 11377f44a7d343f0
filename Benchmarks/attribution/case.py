"""What the evaluation reads of a case file: the public views, and nothing else."""

import collections
import re
import sqlite3
from dataclasses import dataclass, field


@dataclass
class Action:
    id: str
    client: str
    server: str
    protocol: str
    kind: str
    text: str
    started: int
    # (prompt id, call id, confidence, method, ambiguous) as the case has them.
    attributions: list = field(default_factory=list)


@dataclass
class Call:
    id: str
    native: str | None
    prompt: str | None
    conversation: str | None
    started: int | None
    ended: int | None
    command: str
    arguments: str
    tool: str


@dataclass
class Prompt:
    id: str
    native: str | None
    conversation: str | None
    text: str


def flat(text: str | None) -> str:
    """A text without what a shell, a client or a log may change about it: white space, a last semicolon."""
    return re.sub(r"\s+", " ", text or "").strip().rstrip(";").strip()


class Case:
    def __init__(self, path: str):
        self.file = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.file.row_factory = sqlite3.Row
        self.actions: dict[str, Action] = {}
        self.sessions = collections.defaultdict(list)
        self.calls: dict[str, Call] = {}
        self.prompts: dict[str, Prompt] = {}
        self.parents: dict[str, tuple] = {}
        self.read()

    def rows(self, view: str, *columns: str):
        """The columns of a view; none where there is no such view, and None for a column that it does not have."""
        try:
            found = {row[1] for row in self.file.execute(f"PRAGMA table_info({view})")}
        except sqlite3.Error:
            found = set()
        if not found:
            return
        yield from self.file.execute(f"SELECT {', '.join(c if c in found else f'NULL AS {c}' for c in columns)} FROM {view}")

    def read(self):
        sessions = {row["id"]: row for row in self.rows("sessions", "id", "client", "server", "protocol", "started_ns")}
        for row in self.rows("actions", "id", "session_id", "seq", "kind", "text", "started_ns"):
            session = sessions.get(row["session_id"])
            if session is None:
                continue
            action = Action(row["id"], session["client"] or "", session["server"] or "", session["protocol"], row["kind"], row["text"] or "",
                            row["started_ns"] or 0)
            self.actions[action.id] = action
            self.sessions[row["session_id"]].append((row["seq"] or 0, action))
        self.session_rows = sessions
        for found in self.sessions.values():
            found.sort(key=lambda pair: pair[0])
        for row in self.rows("prompts", "id", "native_id", "conversation", "text"):
            self.prompts[row["id"]] = Prompt(row["id"], row["native_id"], row["conversation"], row["text"] or "")
        for row in self.rows("tool_calls", "id", "native_id", "prompt_id", "conversation", "at_ns", "seen_ns", "ended_ns", "command", "arguments", "tool"):
            self.calls[row["id"]] = Call(
                row["id"], row["native_id"], row["prompt_id"], row["conversation"], row["at_ns"] or row["seen_ns"], row["ended_ns"],
                row["command"] or "", row["arguments"] or "", row["tool"] or "")
        for row in self.rows("conversations", "id", "native_id", "parent_id"):
            self.parents[row["id"]] = (row["native_id"], row["parent_id"])
        for row in self.rows("attributions", "action_id", "prompt_id", "tool_call_id", "confidence", "method", "ambiguous"):
            action = self.actions.get(row["action_id"])
            if action is not None and (row["prompt_id"] or row["tool_call_id"]):
                action.attributions.append(
                    (row["prompt_id"], row["tool_call_id"], float(row["confidence"] or 0), row["method"] or "", bool(row["ambiguous"])))

    def conversation(self, id: str | None) -> set[str]:
        """The native ids of a conversation and of those that it is a part of."""
        names, seen = set(), set()
        while id is not None and id not in seen:
            seen.add(id)
            native, parent = self.parents.get(id, (None, None))
            names |= {id, native} - {None}
            id = parent
        return names
