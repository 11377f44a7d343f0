#!/usr/bin/env python3
"""Joins what the laboratory wrote down into labels: for each action on the wire who caused it. Called by scripts/lab/agents.sh.

    truth.py LAB OUT [--seed N]

Sources: connections.jsonl (each process's connections, with the call that it ran for), calls.jsonl (calls, and what was typed
when), the server's log (statements by client port, in order), nginx's log (requests by client port, in order), shop.jsonl (which
request each statement of the pool was for). No id is read from the wire.
"""

import argparse
import bisect
import calendar
import collections
import hashlib
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "Tests/Live"))
import serverlog

MILLISECOND = 1_000_000


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def log_time(text: str) -> int:
    """`2026-11-21 18:38:56.123 UTC`, cut to the millisecond."""
    clock, _, rest = text.partition(".")
    return calendar.timegm(time.strptime(clock, "%Y-%m-%d %H:%M:%S")) * 1_000_000_000 + int(rest[:3]) * MILLISECOND


class Truth:
    def __init__(self, lab: pathlib.Path):
        self.lab = lab
        self.ports = json.loads((lab / "settings.json").read_text())["ports"]
        records = lines(lab / "calls.jsonl")
        self.calls = {record["call"]: record for record in records if record["kind"] == "call"}
        self.typed = collections.defaultdict(list)
        for record in records:
            if record["kind"] == "typed":
                self.typed[record["live"]].append(record)
        self.connections = collections.defaultdict(list)
        # The noise's own HTTP client is not a process of its own: it tells its connections itself.
        browser = [record | {"ssh": "", "program": "browser"} for record in records if record["kind"] == "connection"]
        for record in lines(lab / "connections.jsonl") + browser:
            self.connections[record["client"], record["server"]].append(record)
        for found in self.connections.values():
            found.sort(key=lambda record: record["at_ns"])
        self.requests = {}
        self.problems = collections.Counter()
        self.rows: list[dict] = []
        self.counts = collections.Counter()

    # Whose it is

    def connection(self, client: str, server: str, at_ns: int):
        """The connection between these addresses that was the last one begun by then."""
        found = self.connections.get((client, server), [])
        place = bisect.bisect_right([record["at_ns"] for record in found], at_ns + MILLISECOND)
        return found[max(place - 1, 0)] if found else None

    def owner(self, connection, at_ns: int):
        """(owner, hop, via): who caused what happened on a connection at that time."""
        if connection is None:
            return None, 0, None
        call = connection["call"]
        if call == "" and connection["ssh"]:
            host, port, there, number = connection["ssh"].split()
            outer = self.connection(f"{host}:{port}", f"{there}:{number}", connection["at_ns"])
            owner, hop, _ = self.owner(outer, at_ns)
            return owner, hop + 1, {"protocol": "ssh", "client": f"{host}:{port}", "server": f"{there}:{number}"}
        if call.startswith("live:"):
            typed = self.typed[call]
            place = bisect.bisect_right([record["at_ns"] for record in typed], at_ns + MILLISECOND)
            call = typed[max(place - 1, 0)]["call"] if typed else ""
        return self.named(call), 0, None

    def named(self, call: str):
        if call.startswith("noise:"):
            return {"noise": call[6:]}
        if call == "application":
            return {"noise": "application"}
        record = self.calls.get(call)
        if record is None:
            return None
        return {
            "agent": record["agent"], "version": record["version"], "conversation": record["conversation"], "prompt": record["prompt"],
            "call": call, "agent_id": record["agent_id"], "tool": record["tool"], "mismatch": record["mismatch"],
            "background": record["background"],
        }

    # What happened

    def action(self, protocol, client, server, ordinal, at_ns, text, owner, hop=0, via=None, **more):
        if owner is None:
            self.problems[f"{protocol}: an action without an owner"] += 1
            return
        digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest() if text is not None else None
        self.rows.append({
            "row": "action", "protocol": protocol, "client": client, "server": server, "ordinal": ordinal, "at_ns": at_ns, "text": text,
            "sha256": digest, "owner": owner, "hop": hop, "via": via} | more)

    def web(self):
        for record in lines(self.lab / "nginx/access.jsonl"):
            ended = int(round(float(record["at"]) * 1000)) * MILLISECOND
            at = ended - int(round(float(record["took"]) * 1000)) * MILLISECOND
            connection = self.connection(record["client"], record["server"], at)
            owner, hop, via = self.owner(connection, at)
            self.requests[record["request"]] = (owner, hop, record)
            self.action("http", record["client"], record["server"], record["ordinal"], at,
                        f"{record['method']} {record['scheme']}://{record['host']}{record['target']}", owner, hop, via,
                        code=str(record["status"]))

    def pool(self):
        """What each statement on the application's connections was for: (client, ordinal) → request or None."""
        return {(record["client"], record["ordinal"]): record for record in lines(self.lab / "shop.jsonl")}

    def database(self):
        server = f"127.0.0.1:{self.ports['pg']}"
        pool, counts, last = self.pool(), collections.Counter(), {}
        for record in serverlog.records(str(self.lab / "log/server.json")):
            found = serverlog.entry(record)
            if found is None or not record.get("remote_port") or record.get("backend_type") == "parallel worker":
                continue
            kind, _, _, text, parameters, code = found
            session, client, at = record["session_id"], f"{record['remote_host']}:{record['remote_port']}", log_time(record["timestamp"])
            if kind == "error":
                statement = record.get("statement")
                before = last.get(session)
                if statement is None:
                    continue
                if before is not None and before["text"] == statement:
                    before["code"] = code
                    continue
                text, parameters = statement, None
            elif kind not in ("simple", "execute"):
                continue
            counts[session] += 1
            connection = self.connection(client, server, at)
            owner, hop, via = self.owner(connection, at)
            if connection is not None and connection["call"] == "application":
                asked = pool.get((client, counts[session]))
                if asked is None:
                    self.problems["postgres: a statement that the application does not account for"] += 1
                elif asked["request"] in self.requests:
                    owner, hop, request = self.requests[asked["request"]]
                    via = {"protocol": "http", "client": request["client"], "server": request["server"], "ordinal": request["ordinal"]}
                    hop += 1
            before = len(self.rows)
            self.action("postgres", client, server, counts[session], at, text, owner, hop, via, parameters=parameters,
                        code=code if kind == "error" else None)
            last[session] = self.rows[-1] if len(self.rows) > before else None

    def shell(self):
        """SSH: what was typed into a shell, line by line; of any other connection that it was there."""
        port = f":{self.ports['ssh']}"
        for (client, server), found in self.connections.items():
            if not server.endswith(port):
                continue
            for connection in found:
                if not connection["call"].startswith("live:"):
                    owner, hop, via = self.owner(connection, connection["at_ns"])
                    self.action("ssh", client, server, 1, connection["at_ns"], None, owner, hop, via)
                    continue
                for ordinal, record in enumerate((r for r in self.typed[connection["call"]] if r["text"].strip()), 1):
                    self.action("ssh", client, server, ordinal, record["at_ns"], record["text"].strip(), self.named(record["call"]))

    def whole(self):
        """A row for each connection: what holds for whatever else happens on it."""
        for (client, server), found in sorted(self.connections.items()):
            for connection in found:
                owner, hop, via = self.owner(connection, connection["at_ns"])
                shared = "pool" if connection["call"] == "application" else "live" if connection["call"].startswith("live:") else None
                protocol = next((name for name, key in (("postgres", "pg"), ("http", "http"), ("http", "https"), ("ssh", "ssh"))
                                 if server.endswith(f":{self.ports[key]}")), None)
                if protocol is None:
                    continue
                if owner is None:
                    self.problems[f"{protocol}: a connection without an owner"] += 1
                    continue
                yield {"row": "connection", "protocol": protocol, "client": client, "server": server, "at_ns": connection["at_ns"],
                       "program": connection["program"], "shared": shared, "owner": owner, "hop": hop, "via": via}

    def asked(self):
        """A row for each call: what the wire shows of it."""
        seen = collections.Counter(row["owner"].get("call") for row in self.rows)
        for call, record in self.calls.items():
            verdict = "mismatched" if record["mismatch"] else "corroborated" if seen[call] else "unwitnessed"
            if not seen[call] and (record["tool"] == "local" or record["tool"].endswith("live")):
                # Nobody expects it to: `ls`, or a program on a terminal that does not ask anything yet.
                verdict = "nothing-expected"
            if bool(seen[call]) != record["wire"] and verdict != "nothing-expected":
                self.problems[f"a call of {record['tool']} that {'reached' if seen[call] else 'did not reach'} the wire"] += 1
            yield {"row": "call", "call": call, "agent": record["agent"], "version": record["version"], "conversation": record["conversation"],
                   "prompt": record["prompt"], "agent_id": record["agent_id"], "tool": record["tool"], "command": record["command"],
                   "started_ns": record["started"],
                   "ended_ns": record["ended"], "code": record["code"], "actions": seen[call], "verdict": verdict}


def look_alikes(actions, calls) -> dict:
    """Actions of nobody's that an agent's call did word for word at about the same time: the hardest ones, by kind."""
    said, out = collections.defaultdict(set), collections.Counter()
    for row in actions:
        if "call" in row["owner"]:
            said[row["text"]].add(row["owner"]["call"])
    times = {call["call"]: (call["started_ns"] - 500 * MILLISECOND, call["ended_ns"] + 1000 * MILLISECOND) for call in calls}
    for row in actions:
        if "noise" in row["owner"] and any(times[call][0] <= row["at_ns"] <= times[call][1] for call in said.get(row["text"], ())):
            out[row["owner"]["noise"]] += 1
    return dict(sorted(out.items()))


def facts(rows, calls, truth, seed):
    actions = [row for row in rows if row["row"] == "action"]
    of_agents = [row for row in actions if "call" in row["owner"]]

    def count(values):
        return dict(sorted(collections.Counter(values).items()))

    return {
        "seed": seed, "actions": len(actions), "of_agents": len(of_agents), "of_nobody_known": len(actions) - len(of_agents),
        "conversations": len({call["conversation"] for call in calls}),
        "prompts": len({(call["conversation"], call["prompt"]["text"]) for call in calls}),
        "calls": len(calls), "first_ns": min(row["at_ns"] for row in actions), "last_ns": max(row["at_ns"] for row in actions),
        "by_protocol": count(row["protocol"] for row in actions), "by_hop": count(str(row["hop"]) for row in actions),
        "by_tool": count(row["owner"]["tool"] for row in of_agents),
        "by_noise": count(row["owner"]["noise"] for row in actions if "noise" in row["owner"]),
        "by_version": count(f"{row['owner']['agent']} {row['owner']['version']}" for row in of_agents),
        "of_subagents": sum(1 for row in of_agents if row["owner"]["agent_id"]), "calls_by_verdict": count(call["verdict"] for call in calls),
        "calls_by_tool": count(call["tool"] for call in calls), "connections": sum(1 for row in rows if row["row"] == "connection"),
        "look_alikes": look_alikes(actions, calls), "problems": dict(truth.problems),
    }


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("lab", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    truth = Truth(given.lab)
    truth.web()
    truth.database()
    truth.shell()
    calls = list(truth.asked())
    rows = list(truth.whole()) + sorted(truth.rows, key=lambda row: (row["at_ns"], row["client"], row["ordinal"])) + calls
    (given.out / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    told = facts(rows, calls, truth, given.seed)
    (given.out / "facts.json").write_text(json.dumps(told, indent=1) + "\n")
    print(f"agents: {told['actions']} actions, {told['of_agents']} of agents in {told['conversations']} conversations, {told['calls']} calls",
          file=sys.stderr)
    for problem, count in truth.problems.items():
        print(f"agents: {count} × {problem}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
