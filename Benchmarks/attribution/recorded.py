#!/usr/bin/env python3
"""How well a case of a gateway's recording agrees with what the laboratory knows of each connection (scripts/lab/agents.sh --hooks).

    recorded.py RUN CASE.exhibit [--json FILE] [--list]

Every action of the case counts. Whose it is is told by the connection that a process began, which it wrote down itself, and for programs that
are typed into by the time at which each call typed. Told are, for prompt and call: how many actions of agents go back to the right one, how
many of these by an explicit id, and how many actions of others are taken for an agent's. `--list` names what is not right, or not by an id.
"""

import argparse
import collections
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts/lab/agents"))
from case import Case
from truth import Truth, lines

PORTS = {"postgres": "pg", "ssh": "ssh", "http": "proxy"}


class Recorded:
    def __init__(self, run: pathlib.Path, case: str):
        self.truth, self.case = Truth(run), Case(case)
        self.agents, self.others, self.nobodys = [], [], 0
        for action in self.case.actions.values():
            server = f"127.0.0.1:{self.truth.ports[PORTS[action.protocol]]}" if action.protocol in PORTS else ""
            owner, _, _ = self.truth.owner(self.truth.connection(action.client, server, action.started), action.started)
            if owner is None:
                self.nobodys += 1
            elif "call" in owner:
                self.agents.append((action, owner))
            else:
                self.others.append((action, owner))

    def best(self, action):
        """(prompt, call, method) of the one answer that is given; None where there is none, or several."""
        rows = action.attributions
        if not rows or any(ambiguous for *_, ambiguous in rows):
            return None
        prompt, call, _, method, _ = max(rows, key=lambda row: row[2])
        return self.case.prompts.get(prompt), self.case.calls.get(call), method

    @staticmethod
    def is_prompt(prompt, owner) -> bool:
        truth = owner["prompt"]
        if prompt is None:
            return False
        return prompt.native in truth["ids"] + truth.get("delegated", []) or prompt.text.strip() in (
            text.strip() for text in [truth["text"], *truth.get("delegated", [])])

    def result(self) -> dict:
        counts, methods, missing = collections.Counter(), collections.Counter(), collections.Counter()
        for action, owner in self.agents:
            best = self.best(action)
            method = best[2] if best else "none"
            methods[method] += 1
            counts["prompt"] += bool(best and self.is_prompt(best[0], owner))
            counts["call"] += bool(best and best[1] and best[1].native == owner["call"])
            counts["answered"] += best is not None
            counts["explicit"] += method == "explicit-id"
            # A login comes before anything that could carry an id: it goes with its connection.
            counts["logins"] += action.kind == "login" and method != "explicit-id"
            if method != "explicit-id" and action.kind != "login":
                missing[f"{action.protocol}: {owner['tool']}"] += 1
        taken = sum(1 for action, _ in self.others if self.best(action))
        total = len(self.agents)
        return {
            "agents": total, "others": len(self.others), "unknown": self.nobodys, "answered": counts["answered"], "prompt_right": counts["prompt"],
            "call_right": counts["call"], "explicit": counts["explicit"], "logins_by_connection": counts["logins"], "others_taken": taken, "methods": dict(methods.most_common()),
            "without_id": dict(missing.most_common()), "hooks": hooks(self.truth.lab)}

    def told(self):
        """What is not as it should be, a line for each."""
        for action, owner in self.agents:
            best = self.best(action)
            if best and best[2] == "explicit-id" and self.is_prompt(best[0], owner) and best[1] and best[1].native == owner["call"]:
                continue
            said = f"{best[2]} {best[1].native if best[1] else '-'}" if best else "none"
            yield f"{action.id} {action.protocol} {action.kind} {owner['agent']} {owner['version']} {owner['tool']} {owner['call']}: {said}: {action.text[:70]!r}"
        for action, owner in self.others:
            if self.best(action):
                yield f"{action.id} {action.protocol} {owner['noise']}: taken for an agent's: {action.text[:70]!r}"


def hooks(run: pathlib.Path) -> dict:
    """Milliseconds from the beginning of a hook's process to its end."""
    took, failed = collections.defaultdict(list), collections.Counter()
    for record in lines(run / "calls.jsonl"):
        if record["kind"] == "hook":
            took[record["event"]].append(record["took_ns"] / 1e6)
            failed[f"{record['code']} {record['said']}"] += record["code"] != 0
    out = {"failed": {what: count for what, count in failed.items() if count}}
    for event, values in sorted(took.items()):
        values.sort()
        out[event] = {"runs": len(values), "p50": round(values[len(values) // 2], 1), "p99": round(values[len(values) * 99 // 100], 1),
                      "max": round(values[-1], 1)}
    return out


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("case")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--list", action="store_true")
    given = parser.parse_args()
    recorded = Recorded(given.run, given.case)
    result = recorded.result()
    if given.json:
        given.json.write_text(json.dumps(result, indent=1) + "\n")
    if given.list:
        for line in recorded.told():
            print(line)
    print(f"agents: {result['agents']} actions, {result['answered']} with one answer, {result['prompt_right']} with the right prompt, "
          f"{result['call_right']} with the right call, {result['explicit']} by an explicit id and {result['logins_by_connection']} logins by their connection; "
          f"others: {result['others']} actions, {result['others_taken']} taken for an agent's; {result['unknown']} of nobody known")
    for event, value in result["hooks"].items():
        print(f"hook {event}: {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
