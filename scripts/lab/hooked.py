"""A scripted agent that has Claude Code's hooks, as `exhibit hook install claude-code` wrote them into its settings.

It is asked what the plan says, runs the plan's commands as its Bash tool would (rewritten by the hooks where they rewrite
them), and tells the hooks prompts, calls and their ends with ids as Claude Code makes them. No model is asked anything.

    hooked.py SETTINGS PLAN

The plan is JSON: {"conversation": UUID, "turns": [{"prompt": TEXT, "calls": [{"command": TEXT, "fails": BOOL}]}]}. A command
that ends otherwise than the plan says ends the agent with 1.
"""

import base64
import json
import os
import subprocess
import sys
import uuid


class Agent:
    def __init__(self, settings, conversation):
        with open(settings, encoding="utf-8") as file:
            self.hooks = json.load(file)["hooks"]
        self.conversation = conversation
        # Claude Code sources this file before each command.
        self.environment = settings + ".environment"
        open(self.environment, "w").close()

    def tell(self, event, **more):
        """Runs the hooks of an event; gives what the last of them answered, or None."""
        told = {"session_id": self.conversation, "hook_event_name": event, "cwd": os.getcwd()} | more
        answer = None
        for group in self.hooks.get(event, []):
            for hook in group["hooks"]:
                run = subprocess.run(
                    hook["command"], shell=True, input=json.dumps(told), capture_output=True, text=True, check=False,
                    env=os.environ | {"CLAUDE_ENV_FILE": self.environment})
                if run.returncode != 0:
                    sys.exit(f"hook {event}: exit {run.returncode}: {run.stderr.strip()}")
                if run.stdout.strip():
                    answer = json.loads(run.stdout)
        return answer

    def call(self, prompt, command, fails):
        call = "toolu_01" + base64.b32encode(uuid.uuid4().bytes).decode().rstrip("=")[:22]
        ids = {"prompt_id": prompt, "tool_name": "Bash", "tool_use_id": call}
        answer = self.tell("PreToolUse", tool_input={"command": command}, **ids) or {}
        changed = answer.get("hookSpecificOutput", {}).get("updatedInput", {}).get("command", command)
        print(f"$ {command}", flush=True)
        run = subprocess.run(
            ["bash", "-c", f". {self.environment}; {changed}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            stdin=subprocess.DEVNULL, check=False)
        print(run.stdout, end="", flush=True)
        if (run.returncode != 0) != fails:
            sys.exit(f"the command ended with {run.returncode}")
        self.tell(
            "PostToolUseFailure" if fails else "PostToolUse", tool_input={"command": command},
            tool_response={"stdout": run.stdout}, **ids)


def main():
    with open(sys.argv[2], encoding="utf-8") as file:
        plan = json.load(file)
    agent = Agent(sys.argv[1], plan["conversation"])
    agent.tell("SessionStart", source="startup")
    for turn in plan["turns"]:
        prompt = str(uuid.uuid4())
        print(f"\n> {turn['prompt']}", flush=True)
        agent.tell("UserPromptSubmit", prompt=turn["prompt"], prompt_id=prompt)
        for call in turn["calls"]:
            agent.call(prompt, call["command"], call.get("fails", False))
    agent.tell("SessionEnd", reason="exit")


main()
