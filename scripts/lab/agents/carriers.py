"""What a platform team can have agents' commands carry onto the wire, and the trace that says what it means.

Only with --with-ids: a W3C traceparent of the tool's span in application_name, in the startup options, in SQL comments, in
request headers and in the SSH session's environment; sessions' ids in the latter. Claude Code's spans are written beside the
transcripts as OTLP/JSON, one line for each turn.
"""

import json
import pathlib
import random
import threading


class Carriers:
    def __init__(self, shim, transcripts: pathlib.Path, seed: int):
        self.shim, self.folder = shim, transcripts / "otel"
        self.rng = random.Random(f"{seed}/carriers")
        self.lock = threading.Lock()
        self.here = pathlib.Path(__file__).resolve().parent
        self.spans: dict[str, list] = {}
        self.traces: dict[str, str] = {}

    def environment(self, conversation, prompt: dict, call: str, tool: str) -> dict:
        """The variables of a command's environment; those that are always there say nothing to the wire by themselves."""
        if conversation.agent == "codex":
            more = {"CODEX_THREAD_ID": conversation.session, "CODEX_CI": "1"}
            if self.shim.with_ids:
                more |= self.headers(call, {"x-codex-thread-id": conversation.session})
                more["PGOPTIONS"] = f"-c codex.thread_id={conversation.session}"
            return more
        more = {"CLAUDECODE": "1", "CLAUDE_CODE_SESSION_ID": conversation.session}
        if not self.shim.with_ids:
            return more
        key = "/".join(prompt["ids"][:1] or (conversation.session, prompt["text"]))
        with self.lock:
            trace = self.traces.setdefault(key, f"{self.rng.getrandbits(128):032x}")
            span = f"{self.rng.getrandbits(64) | 1:016x}"
            self.spans.setdefault(key, []).append(
                {"trace": trace, "span": span, "call": call, "session": conversation.session, "prompt": prompt, "tool": tool})
            by_name = self.rng.random() < 0.7
        traceparent = f"00-{trace}-{span}-01"
        more["TRACEPARENT"] = traceparent
        if tool in ("sqlalchemy", "alembic"):
            more["PYTHONPATH"] = str(self.here / "injected")
        elif by_name:
            more["PGAPPNAME"] = traceparent
        else:
            more["PGOPTIONS"] = f"-c otel.traceparent={traceparent}"
        return more | self.headers(call, {"traceparent": traceparent})

    def headers(self, call: str, fields: dict) -> dict:
        folder = self.shim.lab / "curl-ids" / call
        folder.mkdir(parents=True, exist_ok=True)
        lines = "".join(f'header = "{name}: {value}"\n' for name, value in fields.items())
        (folder / ".curlrc").write_text((self.shim.lab / "curl/.curlrc").read_text() + lines)
        return {"CURL_HOME": str(folder)}

    def write(self, calls: dict):
        """The traces, once it is known when each call ran."""
        if not self.spans:
            return
        self.folder.mkdir(parents=True, exist_ok=True)

        def attributes(values):
            return [{"key": key, "value": {"stringValue": value}} for key, value in values.items()]

        with open(self.folder / "traces.jsonl", "w", encoding="utf-8") as file:
            for key, spans in self.spans.items():
                root = f"{self.rng.getrandbits(64) | 1:016x}"
                known = [span for span in spans if span["call"] in calls]
                if not known:
                    continue
                session, prompt = known[0]["session"], known[0]["prompt"]
                named = {"prompt.id": prompt["ids"][-1]} if prompt["ids"] else {}
                begun = min(calls[span["call"]]["started"] for span in known)
                over = max(calls[span["call"]]["ended"] for span in known)
                out = [{"traceId": known[0]["trace"], "spanId": root, "name": "claude_code.interaction", "kind": 1,
                        "startTimeUnixNano": str(begun), "endTimeUnixNano": str(over),
                        "attributes": attributes({"session.id": session, **named, "user_prompt": prompt["text"]})}]
                for span in known:
                    call = calls[span["call"]]
                    out.append({
                        "traceId": span["trace"], "spanId": span["span"], "parentSpanId": root, "name": "claude_code.tool.execution", "kind": 1,
                        "startTimeUnixNano": str(call["started"]), "endTimeUnixNano": str(call["ended"]),
                        "attributes": attributes({"session.id": session, **named, "tool_name": "Bash",
                                                  "tool_use_id": span["call"], "gen_ai.tool.call.id": span["call"]})})
                file.write(json.dumps({"resourceSpans": [{
                    "resource": {"attributes": attributes({"service.name": "claude-code"})},
                    "scopeSpans": [{"scope": {"name": "com.anthropic.claude_code.tracing"}, "spans": out}]}]}) + "\n")
