"""Writes Codex rollouts: sessions/YYYY/MM/DD/rollout-<local time>-<thread>.jsonl.

Four generations of the format are told apart, as the corpus and its reports have them:

    0.99.0     `shell` with an argument vector, answers as JSON; items do not name their turn
    0.141.0    exec_command and write_stdin; items name their turn in `metadata`
    0.142.2    the same, in `internal_chat_message_metadata_passthrough`; items have ids
    0.150.0    code mode: JavaScript calls the tools, `item_completed` tells what ran
"""

import json
import pathlib
import random
import time

from ids import Ids, stamp

VERSIONS = ("0.99.0", "0.141.0", "0.142.2", "0.150.0")
INSTRUCTIONS = "You are a coding agent. You and the developer share one workspace."


class Codex:
    agent = "codex"

    def __init__(self, root: pathlib.Path, rng: random.Random, cwd: str, shown, version: str, parent: str | None = None):
        """`parent` is the thread that spawned this one."""
        self.rng, self.ids, self.shown, self.version, self.cwd = rng, Ids(rng), shown, version, cwd
        self.root, self.parent = root, parent
        self.session = self.ids.uuid7()
        self.model = rng.choice(("gpt-5.3-codex", "gpt-5.3-codex-spark"))
        self.started = time.time_ns()
        folder = root / "codex" / "sessions" / time.strftime("%Y/%m/%d", time.gmtime())
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"rollout-{time.strftime('%Y-%m-%dT%H-%M-%S', time.gmtime())}-{self.session}.jsonl"
        self.file = open(self.path, "w", encoding="utf-8")
        self.turn = None
        self.turn_started = 0
        self.tokens = rng.randrange(9_000, 16_000)
        self.users: list[dict] = []
        self.has_sessions = version != "0.99.0"

    # Lines

    def line(self, kind, payload, at_ns=None):
        record = {"timestamp": stamp(at_ns), "type": kind, "payload": payload}
        self.file.write(self.shown(json.dumps(record, ensure_ascii=False, separators=(",", ":"))) + "\n")
        self.file.flush()

    def event(self, kind, **fields):
        self.line("event_msg", {"type": kind} | fields)

    def item(self, kind, prefix, fields, named=True):
        """An item of the conversation, with the link to its turn that its generation has."""
        payload = {"type": kind}
        if prefix and self.version in ("0.142.2", "0.150.0"):
            payload["id"] = f"{prefix}_{self.ids.hex(50)}"
        payload |= fields
        if named and self.turn:
            link = {"0.141.0": "metadata", "0.142.2": "internal_chat_message_metadata_passthrough",
                    "0.150.0": "internal_chat_message_metadata_passthrough"}.get(self.version)
            if link:
                payload[link] = {"turn_id": self.turn}
        self.line("response_item", payload)

    def begin(self):
        meta = {"session_id": self.session} if self.version in ("0.142.2", "0.150.0") else {}
        meta |= {
            "id": self.session, "timestamp": stamp(self.started), "cwd": self.cwd,
            "originator": "codex-tui" if self.has_sessions else "codex_cli_rs", "cli_version": self.version, "source": "cli",
        }
        if self.has_sessions:
            meta |= {"thread_source": "subagent" if self.parent else "user", "model_provider": "openai",
                     "base_instructions": {"text": INSTRUCTIONS}}
        else:
            meta["model_provider"] = "openai"
        if self.parent:
            spawn = {"parent_thread_id": self.parent, "depth": 1, "agent_nickname": None, "agent_role": None}
            meta |= {"source": {"subagent": {"thread_spawn": spawn}}, "parent_thread_id": self.parent}
        meta["git"] = {"commit_hash": self.ids.hex(40), "branch": "main", "repository_url": "ssh://app.internal/git/shop.git"}
        self.line("session_meta", meta)

    def message(self, role, text, phase=None):
        kind = "output_text" if role == "assistant" else "input_text"
        fields = {"role": role, "content": [{"type": kind, "text": text}]}
        if phase and self.has_sessions:
            fields["phase"] = phase
        self.item("message", "msg" if role == "assistant" else None, fields, named=role == "assistant")

    # What a conversation is made of

    def prompt(self, text, queued=False):
        first = self.turn is None
        self.turn = self.ids.uuid7()
        self.turn_started = time.time_ns()
        if self.has_sessions:
            self.event("task_started", turn_id=self.turn, started_at=self.turn_started // 1_000_000_000,
                       model_context_window=272_000, collaboration_mode_kind="default")
        if first:
            self.message("developer", "<permissions instructions>\nFilesystem sandboxing defines which files can be read or written. "
                                      "All commands are permitted. Network access is enabled.\n</permissions instructions>")
            self.message("user", f"# AGENTS.md instructions for {self.cwd}\n\n<INSTRUCTIONS>\nUse psql for the database "
                                 "and ssh app.internal for the host. Keep migrations in migrations/.\n</INSTRUCTIONS>")
            self.message("user", f"<environment_context>\n  <cwd>{self.cwd}</cwd>\n  <shell>bash</shell>\n"
                                 f"  <current_date>{time.strftime('%Y-%m-%d', time.gmtime())}</current_date>\n"
                                 "  <timezone>Etc/UTC</timezone>\n</environment_context>")
        context = {
            "turn_id": self.turn, "cwd": self.cwd, "workspace_roots": [self.cwd],
            "current_date": time.strftime("%Y-%m-%d", time.gmtime()), "timezone": "Etc/UTC",
            "approval_policy": "never", "sandbox_policy": {"type": "danger-full-access"},
            "permission_profile": {"type": "disabled"}, "model": self.model, "personality": "pragmatic",
            "collaboration_mode": {"mode": "default", "settings": {
                "model": self.model, "reasoning_effort": "medium", "developer_instructions": None}}, "effort": "medium", "summary": "auto",
        }
        if not self.has_sessions:
            for newer in ("personality", "workspace_roots", "permission_profile", "collaboration_mode", "current_date", "timezone"):
                context.pop(newer)
        self.line("turn_context", context)
        self.message("user", text)
        self.event("user_message", message=text, images=[], local_images=[], text_elements=[])
        self.users.append({"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]})
        return {"ids": [self.turn], "text": text}

    def think(self, text):
        fields = {"summary": [{"type": "summary_text", "text": text}], "encrypted_content": self.ids.letters(160)}
        self.item("reasoning", "rs", fields)

    def say(self, text, final=False):
        phase = "final_answer" if final else "commentary"
        self.event("agent_message", message=text, **({"phase": phase, "memory_citation": None} if self.has_sessions else {}))
        self.message("assistant", text, phase)

    def function(self, name, arguments):
        call = self.ids.call()
        fields = {"name": name, "arguments": self.shown(json.dumps(arguments)), "call_id": call}
        self.item("function_call", "fc", fields)
        return call

    def run(self, command, workdir=None, tty=False, yield_ms=None):
        """A command; tells the call's id."""
        if not self.has_sessions:
            return self.function("shell", {"command": ["bash", "-lc", command], "workdir": self.cwd, "timeout_ms": 120000})
        if self.version == "0.150.0":
            call = self.ids.call()
            quoted = json.dumps(self.shown(command))
            source = f"const result = await tools.exec_command({{cmd: {quoted}}});\ntext(result.output);"
            self.item("custom_tool_call", "ctc", {"status": "completed", "call_id": call, "name": "exec", "input": source})
            return call
        arguments = {"cmd": command}
        if workdir or self.rng.random() < 0.6:
            arguments["workdir"] = workdir or self.cwd
        if tty:
            arguments["tty"] = True
        if yield_ms:
            arguments["yield_time_ms"] = yield_ms
        if self.rng.random() < 0.4:
            arguments["max_output_tokens"] = 12000
        return self.function("exec_command", arguments)

    def type(self, session, chars, yield_ms=1000):
        return self.function("write_stdin", {"session_id": session, "chars": chars, "yield_time_ms": yield_ms, "max_output_tokens": 6000})

    def output(self, call, text, seconds, code=None, session=None, command=None, started_ns=0, ended_ns=0):
        """What a command, or typing into one, gave back: it ended with a code, or still runs as a session."""
        tokens = len(text) // 4
        if not self.has_sessions:
            body = json.dumps({"output": text, "metadata": {"exit_code": code, "duration_seconds": round(seconds, 1)}})
            self.item("function_call_output", None, {"call_id": call, "output": body}, named=False)
        elif self.version == "0.150.0":
            self.event("item_completed", thread_id=self.session, turn_id=self.turn, item={
                "type": "CommandExecution", "id": call, "command": ["/bin/bash", "-lc", command], "cwd": self.cwd,
                "parsed_cmd": [{"type": "unknown", "cmd": command}], "exit_code": code, "status": "completed" if code == 0 else "failed",
                "aggregated_output": text, "duration": {"secs": int(seconds), "nanos": int(seconds % 1 * 1e9)},
            }, started_at_ms=started_ns // 1_000_000, completed_at_ms=ended_ns // 1_000_000)
            body = f"Script completed\nWall time {seconds:.1f} seconds\nOutput:\n{text}"
            self.item("custom_tool_call_output", None, {"call_id": call, "output": body}, named=False)
        else:
            state = f"Process running with session ID {session}" if session is not None else f"Process exited with code {code}"
            body = (f"Chunk ID: {self.ids.hex(6)}\nWall time: {seconds:.4f} seconds\n{state}\n"
                    f"Original token count: {tokens}\nOutput:\n{text}")
            self.item("function_call_output", None, {"call_id": call, "output": body}, named=False)
        self.count(tokens)

    def count(self, tokens):
        self.tokens += tokens + self.rng.randrange(60, 600)
        usage = {"input_tokens": self.tokens, "cached_input_tokens": self.tokens * 3 // 4, "output_tokens": 180,
                 "reasoning_output_tokens": 60, "total_tokens": self.tokens + 180}
        self.event("token_count", info={"total_token_usage": usage, "last_token_usage": usage, "model_context_window": 272_000},
                   rate_limits=None)

    def patch(self, files):
        """apply_patch: `files` maps a path to its content (added) or to (old, new) (updated)."""
        lines = ["*** Begin Patch"]
        changes = {}
        for path, content in files.items():
            if isinstance(content, str):
                lines += [f"*** Add File: {path}"] + ["+" + line for line in content.splitlines()]
                changes[f"{self.cwd}/{path}"] = {"type": "add", "content": content}
            else:
                old, new = content
                removed, added = ["-" + line for line in old.splitlines()], ["+" + line for line in new.splitlines()]
                lines += [f"*** Update File: {path}", "@@"] + removed + added
                head = f"@@ -1,{len(removed)} +1,{len(added)} @@"
                changes[f"{self.cwd}/{path}"] = {
                    "type": "update", "unified_diff": "\n".join([head] + removed + added) + "\n", "move_path": None}
        lines.append("*** End Patch")
        marks = "".join(f"{'A' if isinstance(content, str) else 'M'} {path}\n" for path, content in files.items())
        text = f"Success. Updated the following files:\n{marks}"
        patch = "\n".join(lines) + "\n"
        if not self.has_sessions:
            call = self.function("shell", {"command": ["apply_patch", patch], "workdir": self.cwd})
            self.output(call, text, 0.0, code=0)
            return call
        call = self.ids.call()
        self.item("custom_tool_call", "ctc", {"status": "completed", "call_id": call, "name": "apply_patch", "input": patch})
        self.event("patch_apply_end", call_id=call, turn_id=self.turn, stdout=text, stderr="", success=True, changes=changes, status="completed")
        body = f"Exit code: 0\nWall time: 0 seconds\nOutput:\n{text}"
        self.item("custom_tool_call_output", None, {"call_id": call, "output": body}, named=False)
        self.count(40)
        return call

    def spawn(self, prompt: str):
        """Another agent is asked to do a part of the work: (its thread, the call)."""
        call = self.function("spawn_agent", {"agent_type": "default", "message": prompt})
        thread = Codex(self.root, self.rng, self.cwd, self.shown, self.version, self.session)
        return thread, call

    def told(self, call: str, value: dict):
        """What a tool of the program's own gave back."""
        self.item("function_call_output", None, {"call_id": call, "output": json.dumps(value)}, named=False)
        self.count(20)

    def compact(self, summary):
        self.line("compacted", {"message": "", "replacement_history": self.users + [
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": summary}]}]})
        self.event("context_compacted")

    def turn_over(self, last):
        if self.has_sessions:
            now = time.time_ns()
            self.event("task_complete", turn_id=self.turn, last_agent_message=last, completed_at=now // 1_000_000_000,
                       duration_ms=(now - self.turn_started) // 1_000_000, time_to_first_token_ms=self.rng.randrange(900, 5000))

    def finish(self):
        self.file.close()
