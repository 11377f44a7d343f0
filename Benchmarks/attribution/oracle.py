#!/usr/bin/env python3
"""A case as it would be if all attributions were right: tests the evaluation, and shows what the baselines reach by themselves.

    oracle.py OUT_OF_THE_LAB CASE.exhibit RESULT.sqlite [--wrong SHARE] [--silent SHARE] [--sets SHARE] [--seed N]

Sessions and actions come from a real case, prompts and tool calls from the transcripts (read here, independently of our own
importers), attributions from the labels. A share of them can be made wrong, left out, or turned into sets of two that hold the
truth, so that what the evaluation should say is known beforehand. The result has tables where a case has views.
"""

import argparse
import calendar
import json
import pathlib
import random
import sqlite3
import time

from case import Case
from truth import Labels


def nanoseconds(text: str) -> int:
    clock, _, rest = text.rstrip("Z").partition(".")
    return calendar.timegm(time.strptime(clock, "%Y-%m-%dT%H:%M:%S")) * 1_000_000_000 + int((rest or "0").ljust(9, "0")[:9])


def values(path: pathlib.Path):
    decoder = json.JSONDecoder()
    for line in path.read_text(encoding="utf-8").splitlines():
        place = 0
        while place < len(line):
            value, place = decoder.raw_decode(line, place)
            yield value


class Reader:
    def __init__(self, root: pathlib.Path):
        self.prompts, self.calls, self.results, self.queue = [], {}, {}, {}
        for path in sorted(root.glob("claude/**/*.jsonl")):
            for record in values(path):
                self.claude(record)
        for path in sorted(root.glob("codex/**/*.jsonl")):
            self.session, self.turn = None, None
            for record in values(path):
                self.codex(record)

    def claude(self, record):
        kind = record.get("type")
        if kind == "progress" and record["data"]["type"] == "agent_progress":
            inner = record["data"]["message"]
            self.blocks(inner["message"], record["sessionId"], nanoseconds(inner["timestamp"]))
        elif kind == "queue-operation" and record["operation"] == "enqueue":
            self.queue.setdefault(record["sessionId"], []).append(record["content"])
        elif kind == "queue-operation" and self.queue.get(record["sessionId"]):
            text = self.queue[record["sessionId"]].pop(0)
            if record["operation"] == "remove":
                # Given to the model in the middle of a turn; its native id is there only if an attachment follows.
                self.prompts.append((None, record["sessionId"], nanoseconds(record["timestamp"]), text, True))
        elif kind == "attachment":
            native, session, at, text, typed = self.prompts.pop()
            self.prompts.append((record["uuid"], session, at, text, typed))
        elif kind in ("user", "assistant"):
            at = nanoseconds(record["timestamp"])
            content = record["message"]["content"]
            if kind == "user" and isinstance(content, str):
                typed = not record.get("isCompactSummary") and not content.startswith("<task-notification>") and not record["isSidechain"]
                self.prompts.append((record["uuid"], record["sessionId"], at, content, typed))
            self.blocks(record["message"], record["sessionId"], at)

    def blocks(self, message, session, at):
        for block in message["content"] if isinstance(message["content"], list) else ():
            if block["type"] == "tool_use":
                self.calls.setdefault(block["id"], (session, at, block["name"], block["input"].get("command") or json.dumps(block["input"])))
            elif block["type"] == "tool_result":
                self.results.setdefault(block["tool_use_id"], at)

    def codex(self, record):
        payload, at = record["payload"], nanoseconds(record["timestamp"])
        if record["type"] == "session_meta":
            self.session = payload["id"]
        elif record["type"] == "turn_context":
            self.turn = payload["turn_id"]
        elif payload.get("type") == "user_message":
            self.prompts.append((self.turn, self.session, at, payload["message"], True))
        elif payload.get("type") in ("function_call", "custom_tool_call"):
            text = payload.get("arguments") or payload.get("input")
            try:
                arguments = json.loads(text)
                text = arguments.get("cmd") or arguments.get("chars") or " ".join(arguments.get("command", []))
            except ValueError:
                pass
            self.calls[payload["call_id"]] = (self.session, at, payload["name"], text)
        elif payload.get("type") in ("function_call_output", "custom_tool_call_output"):
            self.results[payload["call_id"]] = at


SCHEMA = """
CREATE TABLE sessions (id, client, server, protocol, started_ns);
CREATE TABLE actions (id, session_id, seq, kind, text, started_ns);
CREATE TABLE conversations (id, native_id, parent_id);
CREATE TABLE prompts (id, native_id, conversation, at_ns, text);
CREATE TABLE tool_calls (id, native_id, prompt_id, conversation, at_ns, ended_ns, command, tool);
CREATE TABLE attributions (action_id, prompt_id, tool_call_id, method, confidence, reason, ambiguous);
"""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("lab", type=pathlib.Path)
    parser.add_argument("case")
    parser.add_argument("result", type=pathlib.Path)
    for name in ("wrong", "silent", "sets"):
        parser.add_argument(f"--{name}", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    case, labels, reader = Case(given.case), Labels(str(given.lab / "labels.jsonl")), Reader(given.lab / "transcripts")
    given.result.unlink(missing_ok=True)
    out = sqlite3.connect(given.result)
    out.executescript(SCHEMA)
    for id, row in case.session_rows.items():
        out.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?)", (id, row["client"], row["server"], row["protocol"], row["started_ns"]))
        for seq, a in case.sessions.get(id, []):
            out.execute("INSERT INTO actions VALUES (?, ?, ?, ?, ?, ?)", (a.id, id, seq, a.kind, a.text, a.started))
    natives = {}
    for number, (native, conversation, at, text, typed) in enumerate(reader.prompts):
        out.execute("INSERT INTO prompts VALUES (?, ?, ?, ?, ?)", (f"prm-{number}", native, conversation, at, text))
        if typed:
            natives.setdefault(conversation, []).append((at, f"prm-{number}"))
    for native, (conversation, at, tool, text) in reader.calls.items():
        # The prompt that stands before the call.
        prompt = next((id for when, id in sorted(natives.get(conversation, []), reverse=True) if when <= at), None)
        out.execute("INSERT INTO tool_calls VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (f"tcl-{native}", native, prompt, conversation, at, reader.results.get(native), text, tool))
    prompts = {native or text: f"prm-{number}" for number, (native, _, _, text, _) in enumerate(reader.prompts)}
    calls = list(labels.calls.values())
    for labelled in labels.lay(case)[0]:
        if not labelled.is_agents or rng.random() < given.silent:
            continue
        others = rng.sample([call for call in calls if call["conversation"] != labelled.owner["conversation"]], 1)
        named = [labelled.owner]
        ambiguous = 0
        if rng.random() < given.wrong:
            named = others
        elif rng.random() < given.sets:
            named, ambiguous = [labelled.owner, others[0]], 1
        for owner in named:
            prompt = next((prompts[id] for id in owner["prompt"]["ids"] or [owner["prompt"]["text"]] if id in prompts), None)
            out.execute("INSERT INTO attributions VALUES (?, ?, ?, 'content', ?, 'by the labels', ?)",
                        (labelled.action.id, prompt, f"tcl-{owner['call']}", 0.9 / len(named), ambiguous))
    out.commit()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
