"""The laboratory's labels, laid onto the actions of a case: by the client's port, then by order and text."""

import bisect
import collections
import json
from dataclasses import dataclass

from case import Action, Case, flat

MILLISECOND = 1_000_000


@dataclass
class Labelled:
    action: Action
    owner: dict
    hop: int
    protocol: str

    @property
    def is_agents(self) -> bool:
        return "call" in self.owner

    def is_known(self, level: str) -> bool:
        """The transcript still tells of the call, and of the prompt if that is asked; else no answer is."""
        return self.owner.get("known", True) and (level != "prompt" or self.owner.get("prompt_known", True))

    @property
    def cluster(self) -> str:
        """What is drawn as one in the bootstrap: a conversation, or a connection of nobody's that is known."""
        return self.owner["conversation"] if self.is_agents else f"{self.action.client} {self.action.server}"

    @property
    def tool(self) -> str:
        return self.owner["tool"] if self.is_agents else self.owner["noise"]


class Labels:
    def __init__(self, path: str):
        self.connections = collections.defaultdict(list)
        self.actions = collections.defaultdict(list)
        self.calls: dict[str, dict] = {}
        self.count = 0
        with open(path, encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                if row["row"] == "connection":
                    self.connections[row["client"], row["server"]].append(row)
                elif row["row"] == "action":
                    self.actions[row["client"], row["server"]].append(row)
                    self.count += 1
                else:
                    self.calls[row["call"]] = row
        for found in list(self.connections.values()) + list(self.actions.values()):
            found.sort(key=lambda row: row["at_ns"])
        # Calls without their ids are found by when they were made, and by what they ran.
        self.redacted = {(call["asked_ns"] // MILLISECOND, flat(call.get("command"))): call
                         for call in self.calls.values() if call.get("redacted") and call.get("asked_ns")}
        self.conversations = {call["conversation"] for call in self.calls.values()}
        self.prompts = {}
        for call in self.calls.values():
            for native in call["prompt"]["ids"] + call["prompt"].get("delegated", []):
                self.prompts[native] = call["conversation"]

    def call(self, call):
        """The labelled call that a case's call is."""
        if call.native in self.calls:
            return self.calls[call.native]
        return self.redacted.get((call.started // MILLISECOND, flat(call.command))) if call.started is not None else None

    def lay(self, case: Case):
        """(labelled actions, logins and other things of a connection, labels without an action, actions without a label)."""
        laid, around, bare, found = [], [], [], 0
        for id, actions in case.sessions.items():
            session = case.session_rows[id]
            key = (session["client"], session["server"])
            connection, rows = self.of_session(key, session["started_ns"] or 0)
            if connection is None:
                bare += [action for _, action in actions]
                continue
            used, place = set(), 0
            for _, action in actions:
                if action.kind in ("login", "session"):
                    around.append(Labelled(action, connection["owner"], connection["hop"], connection["protocol"]))
                    continue
                place, row = self.next(action, rows, place, connection)
                if row is not None:
                    used.add(id_of(row))
                    laid.append(Labelled(action, row["owner"], row["hop"], row["protocol"]))
                elif connection["shared"] is None or action.kind == "shell":
                    around.append(Labelled(action, connection["owner"], connection["hop"], connection["protocol"]))
                else:
                    bare.append(action)
            found += len(used)
        return laid, around, self.count - found, bare

    def of_session(self, key, started_ns):
        """The connection that a session is, and the labels of its time: a port may be used again."""
        connections = self.connections.get(key, [])
        if not connections:
            return None, []
        place = min(range(len(connections)), key=lambda n: abs(connections[n]["at_ns"] - started_ns))
        rows = self.actions.get(key, [])
        if len(connections) > 1:
            times = [row["at_ns"] for row in rows]
            low = bisect.bisect_left(times, connections[place]["at_ns"] - 50_000_000) if place else 0
            high = bisect.bisect_left(times, connections[place + 1]["at_ns"] - 50_000_000) if place + 1 < len(connections) else len(rows)
            rows = rows[low:high]
        return connections[place], rows

    def next(self, action: Action, rows, place: int, connection):
        """The label of an action: the next that has its text, or that holds it among others; (where to go on, the label)."""
        if connection["protocol"] == "ssh":
            if connection["shared"] is None:
                return place, rows[0] if rows else None
            return self.typed(action, rows, place)
        text = flat(action.text)
        for ahead in range(max(place - 1, 0), min(place + 40, len(rows))):
            said = flat(rows[ahead]["text"])
            # One simple query of several statements is one label and several actions.
            if said == text and ahead >= place or text and said != text and text in said:
                return (ahead + 1 if said == text else max(place, ahead + 1)), rows[ahead]
        return place, None

    def typed(self, action: Action, rows, place: int):
        """A line of a shell: by its text and order, or else the line that was typed last."""
        text = flat(action.text)
        for ahead in range(place, min(place + 8, len(rows))):
            if text and flat(rows[ahead]["text"]) == text:
                return ahead + 1, rows[ahead]
        # What the shell did before anything was typed belongs to whoever opened it.
        before = [row for row in rows if row["at_ns"] <= action.started]
        return place, before[-1] if before else None


def id_of(row) -> tuple:
    return row["client"], row["server"], row["ordinal"], row["at_ns"]
