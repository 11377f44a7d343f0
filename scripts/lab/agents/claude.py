"""Writes Claude Code transcripts: projects/<slug>/<session>.jsonl and what belongs beside it.

One record for each content block; records of one `message.id` are one answer of the model, whose tool_use blocks run at the
same moment. Three generations of the format are told apart, as the corpus and its reports have them:

    2.1.39    agent_progress lines in the parent's file hold what a sub-agent does
    2.1.62    a file of its own for each sub-agent, and agent_progress lines too; `caller` in tool_use blocks
    2.1.205   a file of its own alone; promptId, permissionMode and entrypoint on the lines
"""

import json
import pathlib
import random
import re
import threading

from ids import Ids, stamp

VERSIONS = ("2.1.39", "2.1.62", "2.1.205")
MODELS = ("claude-opus-4-6", "claude-sonnet-4-6")
ADJECTIVES = ("amber", "brisk", "cosmic", "dapper", "eager", "fluffy", "gentle", "humble", "jolly", "mellow", "nimble", "quiet")
VERBS = ("baking", "crafting", "drifting", "floating", "humming", "jumping", "mapping", "painting", "sailing", "wandering")
NOUNS = ("badger", "comet", "falcon", "harbor", "lantern", "meadow", "otter", "pebble", "rocket", "sparrow", "teapot", "willow")
# What the tool cuts off of long output.
OUTPUT_LIMIT = 30_000


class Claude:
    agent = "claude-code"

    def __init__(self, root: pathlib.Path, rng: random.Random, cwd: str, shown, version: str):
        """`shown` makes a text out of the lab's what the developer's machine would have shown."""
        self.rng, self.ids, self.shown, self.version = rng, Ids(rng), shown, version
        self.session = self.ids.uuid4()
        self.cwd = cwd
        self.slug = f"{rng.choice(ADJECTIVES)}-{rng.choice(VERBS)}-{rng.choice(NOUNS)}"
        self.branch = rng.choice(("main", "main", "fix/reports", "feat/loyalty"))
        self.model = rng.choice(MODELS)
        self.folder = root / "claude" / "projects" / re.sub(r"[/.]", "-", cwd)
        self.path = self.folder / f"{self.session}.jsonl"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file = open(self.path, "w", encoding="utf-8")
        self.lock = threading.Lock()
        self.last = None
        self.prompt_id = None
        self.prompt_uuids: list[str] = []
        self.context = rng.randrange(14_000, 30_000)

    # Lines

    def line(self, record, file=None):
        text = self.shown(json.dumps(record, ensure_ascii=False, separators=(",", ":")))
        with self.lock:
            # The write race of the program: once in a while two records share a line.
            end = "" if file is None and self.rng.random() < 0.002 else "\n"
            (file or self.file).write(text + end)
            (file or self.file).flush()

    def envelope(self, kind, sidechain=None):
        common = {
            "parentUuid": sidechain.last if sidechain else self.last, "isSidechain": sidechain is not None,
            "userType": "external", "cwd": self.cwd, "sessionId": self.session, "version": self.version,
            "gitBranch": self.branch,
        }
        if sidechain:
            common["agentId"] = sidechain.id
        if self.version == "2.1.205":
            common["entrypoint"] = "cli"
        return common | {"slug": self.slug, "type": kind}

    def end(self, record, sidechain=None, at_ns=None, parent=True):
        """Completes a record, writes it where it belongs, and makes it the next one's parent."""
        record |= {"uuid": self.ids.uuid4(), "timestamp": stamp(at_ns)}
        if sidechain:
            sidechain.write(record)
            if parent:
                sidechain.last = record["uuid"]
        else:
            self.line(record)
            if parent:
                self.last = record["uuid"]
        return record

    def usage(self, output):
        cached, self.context = self.context, self.context + output + self.rng.randrange(40, 900)
        return {
            "input_tokens": self.rng.randrange(1, 9), "cache_creation_input_tokens": self.context - cached,
            "cache_read_input_tokens": cached,
            "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": self.context - cached},
            "output_tokens": output, "service_tier": "standard", "inference_geo": "not_available",
        }

    def block(self, content, message, sidechain=None):
        record = self.envelope("assistant", sidechain)
        record["message"] = {
            "model": self.model, "id": message["id"], "type": "message", "role": "assistant", "content": [content],
            "stop_reason": message.get("stop"), "stop_sequence": None, "usage": message["usage"],
        }
        record["requestId"] = message["request"]
        return self.end(record, sidechain)

    def message(self, output=None, stop=None):
        return {"id": self.ids.msg(), "request": self.ids.req(), "stop": stop, "usage": self.usage(output or self.rng.randrange(20, 400))}

    # What a conversation is made of

    def begin(self):
        uuid = self.ids.uuid4()
        self.line({
            "type": "file-history-snapshot", "messageId": uuid,
            "snapshot": {"messageId": uuid, "trackedFileBackups": {}, "timestamp": stamp()}, "isSnapshotUpdate": False,
        })

    def prompt(self, text, queued=False):
        """A prompt of a person's; tells its native ids."""
        self.prompt_id = self.ids.uuid4()
        record = self.envelope("user")
        record["message"] = {"role": "user", "content": text}
        if self.version == "2.1.205":
            record |= {"promptId": self.prompt_id, "promptSource": "queued" if queued else "typed", "origin": {"kind": "human"}}
        if self.version == "2.1.39":
            record["thinkingMetadata"] = {"maxThinkingTokens": 31999}
        else:
            record["todos"] = []
        record["permissionMode"] = "bypassPermissions"
        written = self.end(record)
        ids = [written["uuid"]] + ([self.prompt_id] if self.version == "2.1.205" else [])
        return {"ids": ids, "text": text}

    def enqueue(self, text):
        self.line({"type": "queue-operation", "operation": "enqueue", "timestamp": stamp(), "sessionId": self.session, "content": text})

    def dequeue(self):
        self.line({"type": "queue-operation", "operation": "dequeue", "timestamp": stamp(), "sessionId": self.session})

    def interject(self, text):
        """A queued text goes to the model in the middle of a turn: older versions write no other record of it."""
        self.line({"type": "queue-operation", "operation": "remove", "timestamp": stamp(), "sessionId": self.session})
        if self.version != "2.1.205":
            return {"ids": [], "text": text}
        record = self.envelope("attachment")
        record["attachment"] = {"type": "queued_command", "prompt": text, "commandMode": "prompt"}
        return {"ids": [self.end(record)["uuid"]], "text": text}

    def think(self, text, sidechain=None, message=None):
        message = message or self.message()
        self.block({"type": "thinking", "thinking": text, "signature": self.ids.letters(120) + "="}, message, sidechain)
        return message

    def say(self, text, sidechain=None, message=None, stop=None):
        message = message or self.message(stop=stop)
        self.block({"type": "text", "text": text}, message, sidechain)
        return message

    def use(self, name, arguments, message, sidechain=None):
        """A tool call; tells its id and what its result refers to."""
        call = self.ids.toolu()
        block = {"type": "tool_use", "id": call, "name": name, "input": arguments}
        if self.version != "2.1.39":
            block["caller"] = {"type": "direct"}
        return call, self.block(block, message, sidechain)["uuid"]

    def result(self, call, origin, content, structured, failed=None, sidechain=None):
        record = self.envelope("user", sidechain)
        record["parentUuid"] = origin
        if self.version == "2.1.205":
            record["promptId"] = self.prompt_id
        block = {"tool_use_id": call, "type": "tool_result", "content": content}
        if failed is not None:
            block["is_error"] = failed
        record["message"] = {"role": "user", "content": [block]}
        record |= {"toolUseResult": structured, "sourceToolAssistantUUID": origin}
        return self.end(record, sidechain)

    def bash(self, command, description, message, sidechain=None, background=False, timeout=None):
        arguments = {"command": command}
        if timeout:
            arguments["timeout"] = timeout
        arguments["description"] = description
        if background:
            arguments["run_in_background"] = True
        return self.use("Bash", arguments, message, sidechain)

    def bash_result(self, call, origin, code, out, err, sidechain=None):
        out, err = out.rstrip("\n")[:OUTPUT_LIMIT], err.rstrip("\n")[:OUTPUT_LIMIT]
        both = "\n".join(part for part in (out, err) if part)
        if code:
            text = f"Exit code {code}" + ("\n" + both if both else "")
            return self.result(call, origin, text, f"Error: {text}", True, sidechain)
        structured = {"stdout": out, "stderr": err, "interrupted": False, "isImage": False, "noOutputExpected": False}
        return self.result(call, origin, both or "(Bash completed with no output)", structured, False, sidechain)

    def bash_started(self, call, origin, task, sidechain=None):
        text = f"Command running in background with ID: {task}. Output is being written to: /tmp/claude/tasks/{task}.output"
        structured = {"stdout": "", "stderr": "", "interrupted": False, "isImage": False, "noOutputExpected": False, "backgroundTaskId": task}
        return self.result(call, origin, text, structured, False, sidechain)

    def bash_progress(self, call, seconds):
        record = self.envelope("progress")
        record |= {
            "data": {"type": "bash_progress", "output": "", "fullOutput": "", "elapsedTimeSeconds": seconds, "totalLines": 0},
            "toolUseID": f"bash-progress-{seconds - 2}", "parentToolUseID": call,
        }
        self.end(record, parent=False)

    def wrote(self, call, origin, path, content, sidechain=None):
        structured = {"type": "create", "filePath": path, "content": content, "structuredPatch": [], "originalFile": None}
        self.result(call, origin, f"File created successfully at: {path}", structured, None, sidechain)

    def looked(self, call, origin, path, content, sidechain=None):
        lines = content.split("\n")
        numbered = "\n".join(f"{number:6d}→{line}" for number, line in enumerate(lines, 1))
        file = {"filePath": path, "content": content, "numLines": len(lines), "startLine": 1, "totalLines": len(lines)}
        self.result(call, origin, numbered, {"type": "text", "file": file}, None, sidechain)

    def edited(self, call, origin, path, old, new, before, sidechain=None):
        structured = {
            "filePath": path, "oldString": old, "newString": new, "originalFile": before, "structuredPatch": [],
            "userModified": False, "replaceAll": False,
        }
        self.result(call, origin, f"The file {path} has been updated successfully.", structured, None, sidechain)

    def task_output(self, message, task, description, code, output):
        call, origin = self.use("TaskOutput", {"task_id": task, "block": True, "timeout": 30000}, message)
        return call, origin, (
            "<retrieval_status>success</retrieval_status>\n\n"
            f"<task_id>{task}</task_id>\n\n<task_type>local_bash</task_type>\n\n<status>completed</status>\n\n"
            f"<exit_code>{code}</exit_code>\n\n<output>\n{output}</output>"), {
                "retrieval_status": "success", "task": {
                    "task_id": task, "task_type": "local_bash", "status": "completed", "description": description,
                    "output": output, "exitCode": code}}

    def notification(self, task, description, code):
        """The program tells that a background task ended: a user line that nobody typed."""
        record = self.envelope("user")
        record["message"] = {"role": "user", "content": (
            f"<task-notification>\n<task-id>{task}</task-id>\n<output-file>/tmp/claude/tasks/{task}.output</output-file>\n"
            f"<status>completed</status>\n<summary>Background command \"{description}\" completed (exit code {code})</summary>\n"
            f"</task-notification>\nRead the output file to retrieve the result: /tmp/claude/tasks/{task}.output")}
        if self.version == "2.1.205":
            record |= {"promptId": self.prompt_id, "promptSource": "system", "origin": {"kind": "task-notification"}}
        self.end(record)

    def compact(self, summary):
        record = self.envelope("system")
        record |= {
            "parentUuid": None, "logicalParentUuid": self.last, "subtype": "compact_boundary", "content": "Conversation compacted",
            "isMeta": False, "level": "info", "compactMetadata": {"trigger": "auto", "preTokens": self.context + 120_000},
        }
        self.end(record)
        record = self.envelope("user")
        record["message"] = {"role": "user", "content": (
            "This session is being continued from a previous conversation that ran out of context. The summary below covers the "
            f"earlier portion of the conversation.\n\nSummary:\n{summary}")}
        record |= {"isCompactSummary": True, "isVisibleInTranscriptOnly": True}
        if self.version == "2.1.205":
            record["promptId"] = self.prompt_id
        self.end(record)

    def turn_over(self, started_ns, now_ns):
        record = self.envelope("system")
        record |= {"subtype": "turn_duration", "durationMs": (now_ns - started_ns) // 1_000_000, "isMeta": False}
        self.end(record)

    def finish(self):
        self.file.close()


class Sidechain:
    """What a sub-agent does: lines in a file of its own, or within the parent's, or both."""

    def __init__(self, parent: Claude, task_call: str, task_message: str, kind: str, prompt: str, description: str):
        self.parent, self.task_call, self.task_message, self.prompt = parent, task_call, task_message, prompt
        self.id = parent.ids.hex(7 if parent.version != "2.1.205" else 17)
        self.last = None
        self.calls = 0
        self.file = None
        if parent.version != "2.1.39":
            folder = parent.folder / parent.session / "subagents"
            folder.mkdir(parents=True, exist_ok=True)
            self.file = open(folder / f"agent-{self.id}.jsonl", "w", encoding="utf-8")
            meta = {"agentType": kind, "description": description, "toolUseId": task_call}
            (folder / f"agent-{self.id}.meta.json").write_text(json.dumps(meta))
        record = parent.envelope("user", self)
        record["message"] = {"role": "user", "content": prompt}
        if parent.version == "2.1.205":
            record["promptId"] = parent.prompt_id
        self.first = parent.end(record, self)["uuid"]

    def write(self, record):
        if self.file:
            self.parent.line(record, self.file)
        if self.parent.version != "2.1.205":
            self.progress(record)

    def progress(self, record):
        """The same as the parent's file tells it while the sub-agent works."""
        inner = {key: record[key] for key in ("type", "timestamp", "message", "requestId", "uuid") if key in record}
        if isinstance(inner["message"].get("content"), str):
            inner["message"] = inner["message"] | {"content": [{"type": "text", "text": inner["message"]["content"]}]}
        outer = self.parent.envelope("progress")
        outer |= {
            "data": {"message": inner, "normalizedMessages": [], "type": "agent_progress", "prompt": self.prompt, "agentId": self.id},
            "toolUseID": f"agent_{self.task_message}", "parentToolUseID": self.task_call,
        }
        self.parent.end(outer, parent=False)

    def finish(self):
        if self.file:
            self.file.close()
