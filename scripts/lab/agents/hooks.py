"""The agents' hooks: `exhibit hook`, as `exhibit hook install` wrote it into their settings, run as the agents run it.

Only with --hooks. What each run of a hook took, from the outside, is kept for the figures.
"""

import json
import pathlib
import subprocess
import time


class Hooks:
    """The hooks of one agent's installation."""

    def __init__(self, settings: pathlib.Path, shim):
        self.hooks = json.loads(settings.read_text())["hooks"]
        self.shim = shim

    def tell(self, event: str, session: str, person: str, environment_file: pathlib.Path, **more):
        """Runs the hooks of an event; gives what the last of them answered, or None."""
        told = {"session_id": session, "hook_event_name": event, "cwd": "/home/" + person} | more
        environment = self.shim.environment("hook", person) | {"CLAUDE_ENV_FILE": str(environment_file)}
        # The laboratory's own means are not the hook's.
        environment.pop("LD_PRELOAD")
        answer = None
        for group in self.hooks.get(event, []):
            for hook in group["hooks"]:
                begun = time.perf_counter_ns()
                run = subprocess.run(
                    hook["command"], shell=True, input=json.dumps(told), capture_output=True, text=True, check=False, env=environment)
                took = time.perf_counter_ns() - begun
                self.shim.record(kind="hook", event=event, took_ns=took, code=run.returncode, said=run.stderr.strip())
                if run.returncode == 0 and run.stdout.strip():
                    answer = json.loads(run.stdout)
        return answer


class Conversation:
    """What one conversation, or a thread of it, tells its hooks."""

    def __init__(self, hooks: Hooks, session: str, person: str, lab: pathlib.Path):
        self.hooks, self.session, self.person = hooks, session, person
        self.file = lab / "hooks" / f"{session}.environment"
        self.file.write_text("")
        self.tell("SessionStart", source="startup")

    def tell(self, event: str, **more):
        return self.hooks.tell(event, self.session, self.person, self.file, **{name: value for name, value in more.items() if value is not None})

    def prompt(self, text: str, ids: list, agent: str):
        """Codex names the turn; of Claude Code the newest version alone gives a prompt an id of its own, the second here."""
        named = {"turn_id": ids[0]} if agent == "codex" else {"prompt_id": ids[1] if len(ids) > 1 else None}
        self.tell("UserPromptSubmit", prompt=text, **named)

    def call(self, call: str, command: str, agent_id: str | None = None) -> str:
        """What is to be run in place of a command: sourced as the agent does it, and marked."""
        answer = self.tell("PreToolUse", tool_name="Bash", tool_use_id=call, tool_input={"command": command}, agent_id=agent_id) or {}
        changed = answer.get("hookSpecificOutput", {}).get("updatedInput", {}).get("command", command)
        return f". {self.file}; {changed}"

    def result(self, call: str, command: str, code: int, agent_id: str | None = None):
        self.tell(
            "PostToolUse" if code == 0 else "PostToolUseFailure", tool_name="Bash", tool_use_id=call, tool_input={"command": command},
            tool_response={"exit_code": code}, agent_id=agent_id)
