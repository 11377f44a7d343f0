"""Plays plans: writes the transcript of each conversation while its commands really run."""

import pathlib
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from carriers import Carriers
from claude import Claude, Sidechain
from codex import Codex
from hooks import Conversation
from shim import Outcome, Shim, Terminal
from steps import Compact, Delegate, Delegates, Edit, Live, Outside, Plan, Run, Settle, Together, Write

THOUGHTS = ("I should look before I change anything.", "The result tells what to do next.", "One step at a time.",
            "This needs a check afterwards.", "The numbers should agree.")


class Player:
    """What both agents have in common."""

    def __init__(self, plan: Plan, shim: Shim, carriers: Carriers, transcripts: pathlib.Path, seed: int, pace: float):
        self.plan, self.shim, self.carriers, self.pace = plan, shim, carriers, pace
        self.rng = random.Random(f"{seed}/play/{plan.number}")
        self.cwd = shim.home(plan.developer) / "work" / plan.project
        self.cwd.mkdir(parents=True, exist_ok=True)
        for path, content in plan.files.items():
            self.put(path, content)
        writer = Claude if plan.agent == "claude-code" else Codex
        self.talk = writer(transcripts, self.rng, shim.shown(str(self.cwd)), shim.shown, plan.version)
        # A sub-agent with a transcript of its own belongs to the conversation that it was started in.
        self.root, self.agent_id = self.talk, None
        self.prompt: dict = {}
        self.waiting: list = []
        # What the hooks are told; nil without them.
        self.told = None

    def open(self):
        self.talk.begin()
        hooks = self.shim.hooks.get(self.talk.agent)
        self.told = Conversation(hooks, self.talk.session, self.plan.developer, self.shim.lab) if hooks else None

    def asked(self, text: str, ids: list):
        if self.told:
            self.told.prompt(text, ids, self.talk.agent)

    def put(self, path: str, content: str):
        file = self.cwd / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)

    def pause(self, low: float, high: float):
        """The model thinks."""
        time.sleep(self.rng.uniform(low, high) * self.pace)

    def delay(self, low: float, high: float):
        """The program between model and tool takes its time; that does not depend on the pace."""
        time.sleep(self.rng.uniform(low, high))

    def environment(self, call: str, tool: str) -> dict:
        return self.carriers.environment(self.talk, self.prompt, call, tool)

    def marked(self, call: str, command: str, agent_id: str | None = None) -> str:
        """What runs in place of a command."""
        return self.told.call(call, command, agent_id) if self.told else command

    def over_with(self, call: str, command: str, code: int, agent_id: str | None = None):
        if self.told:
            self.told.result(call, command, code, agent_id)

    def execute(self, call: str, run: Run, agent_id: str | None = None) -> Outcome:
        command = self.marked(call, run.command, agent_id)
        outcome = self.shim.run(call, command, self.plan.developer, self.cwd, self.environment(call, run.tool))
        self.over_with(call, run.command, outcome.code, agent_id)
        return outcome

    def account(self, call: str, run: Run, outcome: Outcome, sidechain=None, background=False, prompt=None):
        prompt = dict(prompt or self.prompt)
        if sidechain:
            prompt["delegated"] = [sidechain.first, sidechain.prompt]
        self.shim.record(
            kind="call", call=call, agent=self.talk.agent, version=self.talk.version, conversation=self.root.session, prompt=prompt,
            agent_id=sidechain.id if sidechain else self.agent_id, tool=run.tool, command=run.command, wire=run.wire, mismatch=run.mismatch,
            background=background, code=outcome.code, started=outcome.started, ended=outcome.ended)

    def play(self):
        self.open()
        started = time.time_ns()
        for place, turn in enumerate(self.plan.turns):
            if turn.queued == "during":
                self.prompt = self.talk.interject(turn.prompt) | {"came": "within a turn"}
            else:
                self.pause(0.2, 1.2)
                if turn.queued:
                    self.talk.dequeue()
                self.prompt = self.talk.prompt(turn.prompt, bool(turn.queued)) | {"came": "from the queue" if turn.queued else "typed"}
                started = time.time_ns()
            self.asked(turn.prompt, self.prompt["ids"])
            self.pause(0.2, 0.7)
            following = self.plan.turns[place + 1] if place + 1 < len(self.plan.turns) else None
            for number, step in enumerate(turn.steps):
                if following and following.queued and number == len(turn.steps) - 1:
                    self.talk.enqueue(following.prompt)
                self.step(step)
                self.pause(0.1, 0.6)
            if not (following and following.queued == "during"):
                self.settle()
                self.over(turn, started)
        self.talk.finish()

    def step(self, step):
        {Run: self.run, Write: self.write, Edit: self.edit, Outside: self.outside, Together: self.together, Delegate: self.delegate,
         Delegates: self.delegates, Live: self.live, Settle: lambda _: self.settle(), Compact: self.compact}[type(step)](step)

    def outside(self, step: Outside):
        self.put(step.path, step.content)

    def compact(self, _):
        self.prompt = self.prompt | {"came": "before a compaction"}
        self.talk.compact("The developer asked for a list of customers. Some questions were asked of the database; the rest is to be done.")


class ClaudePlayer(Player):
    def run(self, run: Run, sidechain=None):
        if self.rng.random() < 0.3:
            message = self.talk.think(self.rng.choice(THOUGHTS), sidechain)
        elif self.rng.random() < 0.4:
            message = self.talk.say(f"{run.note}.", sidechain)
        else:
            message = self.talk.message()
        call, origin = self.talk.bash(run.command, run.note, message, sidechain, run.background)
        self.answer(call, origin, run, sidechain)

    def answer(self, call, origin, run: Run, sidechain=None):
        self.delay(0.01, 0.15)
        if run.background:
            started = time.time_ns()
            command = self.marked(call, run.command, sidechain.id if sidechain else None)
            process = self.shim.start(call, command, self.plan.developer, self.cwd, self.environment(call, run.tool))
            self.over_with(call, run.command, 0, sidechain.id if sidechain else None)
            task = "b" + self.talk.ids.hex(6)
            self.delay(0.05, 0.1)
            self.talk.bash_started(call, origin, task, sidechain)
            self.waiting.append((call, run, process, started, task, self.prompt))
            return
        outcome = self.execute(call, run, sidechain.id if sidechain else None)
        if outcome.seconds > 2:
            self.talk.bash_progress(call, 2)
        self.delay(0.002, 0.03)
        self.talk.bash_result(call, origin, outcome.code, outcome.out, outcome.err, sidechain)
        self.account(call, run, outcome, sidechain)

    def together(self, step: Together, sidechain=None):
        message = self.talk.message()
        calls = [(*self.talk.bash(run.command, run.note, message, sidechain), run) for run in step.runs]
        threads = [threading.Thread(target=self.answer, args=(call, origin, run, sidechain)) for call, origin, run in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def write(self, step: Write, sidechain=None):
        path = f"{self.talk.cwd}/{step.path}"
        call, origin = self.talk.use("Write", {"file_path": path, "content": step.content}, self.talk.message(), sidechain)
        self.put(step.path, step.content)
        self.talk.wrote(call, origin, path, step.content, sidechain)

    def edit(self, step: Edit, sidechain=None):
        path, before = f"{self.talk.cwd}/{step.path}", (self.cwd / step.path).read_text()
        call, origin = self.talk.use("Read", {"file_path": path}, self.talk.message(), sidechain)
        self.talk.looked(call, origin, path, before, sidechain)
        self.pause(0.1, 0.4)
        call, origin = self.talk.use(
            "Edit", {"replace_all": False, "file_path": path, "old_string": step.old, "new_string": step.new}, self.talk.message(), sidechain)
        self.put(step.path, before.replace(step.old, step.new))
        self.talk.edited(call, origin, path, step.old, step.new, before, sidechain)

    def live(self, step: Live):
        for run in step.instead:
            self.run(run)

    def settle(self):
        waiting, self.waiting = self.waiting, []
        for call, run, process, started, task, prompt in waiting:
            asked = self.talk.message()
            use, origin, text, structured = None, None, None, None
            outcome = self.shim.finish(process, started)
            if self.rng.random() < 0.6:
                use, origin, text, structured = self.talk.task_output(asked, task, run.note, outcome.code, outcome.out)
                self.delay(0.02, 0.1)
                self.talk.result(use, origin, text, structured)
            else:
                self.talk.notification(task, run.note, outcome.code)
            self.account(call, run, outcome, background=True, prompt=prompt)

    def delegate(self, step: Delegate):
        self.delegates(Delegates([step]))

    def delegates(self, step: Delegates):
        message = self.talk.message()
        name = "Task" if self.talk.version != "2.1.205" else "Agent"
        used = [(*self.talk.use(name, {"description": agent.note, "subagent_type": "general-purpose", "prompt": agent.prompt}, message), agent)
                for agent in step.agents]

        def work(call, origin, agent):
            sidechain = Sidechain(self.talk, call, message["id"], "general-purpose", agent.prompt, agent.note)
            started = time.time_ns()
            for inner in agent.steps:
                self.pause(0.05, 0.4)
                {Run: self.run, Write: self.write, Edit: self.edit, Together: self.together}[type(inner)](inner, sidechain)
            text = f"{agent.note}: done. Nothing unusual was found."
            self.talk.say(text, sidechain)
            sidechain.finish()
            elapsed = (time.time_ns() - started) // 1_000_000
            self.talk.result(call, origin, [{"type": "text", "text": text}], {
                "status": "completed", "prompt": agent.prompt, "agentId": sidechain.id, "content": [{"type": "text", "text": text}],
                "totalDurationMs": elapsed, "totalTokens": self.rng.randrange(9_000, 30_000), "totalToolUseCount": len(agent.steps),
                "usage": self.talk.usage(200)})

        threads = [threading.Thread(target=work, args=use) for use in used]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def over(self, turn, started):
        self.talk.say(f"Done: {turn.steps[-1].note.lower() if isinstance(turn.steps[-1], Run) else 'it is finished'}.", stop="end_turn")
        self.talk.turn_over(started, time.time_ns())


class CodexPlayer(Player):
    """Calls go out one after the other and overlap; a call's output is written down a while after it is there."""

    def lag(self):
        self.delay(0.25, 0.9)

    def run(self, run: Run):
        if self.rng.random() < 0.5:
            self.talk.think(self.rng.choice(THOUGHTS))
        if self.rng.random() < 0.3:
            self.talk.say(f"{run.note}.")
        if run.background and self.talk.version in ("0.141.0", "0.142.2"):
            self.begin(run)
            return
        call = self.talk.run(run.command)
        self.delay(0.005, 0.08)
        outcome = self.execute(call, run)
        self.account(call, run, outcome)
        self.lag()
        self.tell(call, run, outcome)

    def tell(self, call, run, outcome):
        self.talk.output(call, outcome.out + outcome.err, outcome.seconds, outcome.code, command=run.command,
                         started_ns=outcome.started, ended_ns=outcome.ended)

    def begin(self, run: Run):
        """A command that outlives its call, to be asked for later."""
        call = self.talk.run(run.command, yield_ms=1000)
        started = time.time_ns()
        process = self.shim.start(
            call, self.marked(call, run.command), self.plan.developer, self.cwd, self.environment(call, run.tool))
        self.over_with(call, run.command, 0)
        session = self.rng.randrange(1000, 99999)
        time.sleep(1)
        self.talk.output(call, "", 1.0, session=session)
        self.waiting.append((call, run, process, started, session))

    def settle(self):
        waiting, self.waiting = self.waiting, []
        for call, run, process, started, session in waiting:
            poll = self.talk.type(session, "", 30000)
            begun = time.time_ns()
            outcome = self.shim.finish(process, started)
            self.lag()
            self.talk.output(poll, outcome.out + outcome.err, (time.time_ns() - begun) / 1e9, outcome.code)
            self.account(call, run, outcome, background=True)

    def together(self, step: Together):
        if self.rng.random() < 0.5:
            self.talk.say("I ask for these at once.")
        calls = []
        with ThreadPoolExecutor(len(step.runs)) as pool:
            for run in step.runs:
                call = self.talk.run(run.command)
                calls.append((call, run, pool.submit(self.execute, call, run)))
                self.delay(0.005, 0.03)
            for call, run, future in calls:
                outcome = future.result()
                self.account(call, run, outcome)
            self.lag()
            for call, run, future in calls:
                self.tell(call, run, future.result())

    def write(self, step: Write):
        self.put(step.path, step.content)
        self.talk.patch({step.path: step.content})

    def edit(self, step: Edit):
        self.put(step.path, (self.cwd / step.path).read_text().replace(step.old, step.new))
        self.talk.patch({step.path: (step.old, step.new)})

    def live(self, step: Live):
        if self.talk.version not in ("0.141.0", "0.142.2"):
            for run in step.instead:
                self.run(run)
            return
        call = self.talk.run(step.command, tty=True, yield_ms=1000)
        session = self.rng.randrange(1000, 99999)
        before = self.marked(call, step.command).removesuffix(step.command)
        terminal = Terminal(
            self.shim, step.command, self.plan.developer, self.cwd, step.prompt, self.environment(call, step.tool), before)
        outcome = terminal.begin(call)
        self.over_with(call, step.command, 0)
        self.account(call, Run(step.command, step.tool, "Start it"), outcome)
        self.lag()
        self.talk.output(call, outcome.out, outcome.seconds, session=session)
        for chars in step.inputs:
            self.pause(0.1, 0.8)
            call = self.talk.type(session, chars)
            self.delay(0.005, 0.05)
            outcome = terminal.type(call, chars)
            self.account(call, Run(chars, step.tool, "Type"), outcome)
            self.lag()
            self.talk.output(call, outcome.out, outcome.seconds, session=session)
        call = self.talk.type(session, step.leave)
        outcome = terminal.leave(call, step.leave)
        self.account(call, Run(step.leave, step.tool, "Leave", wire=step.tool == "ssh live"), outcome)
        self.lag()
        self.talk.output(call, outcome.out, outcome.seconds, code=outcome.code)

    def delegate(self, step: Delegate):
        for inner in step.steps:
            self.step(inner)

    def delegates(self, step: Delegates):
        if self.talk.version not in ("0.141.0", "0.142.2"):
            for agent in step.agents:
                self.delegate(agent)
            return
        children = []
        for agent in step.agents:
            thread, call = self.talk.spawn(agent.prompt)
            self.delay(0.05, 0.2)
            self.talk.told(call, {"agent_id": thread.session, "nickname": None})
            children.append(CodexChild(self, thread, agent))
        threads = [threading.Thread(target=child.work) for child in children]
        for thread in threads:
            thread.start()
        call = self.talk.function("wait", {"ids": [child.talk.session for child in children], "timeout_ms": 60000})
        for thread in threads:
            thread.join()
        self.talk.told(call, {"status": {child.talk.session: {"completed": child.answer} for child in children}, "timed_out": False})

    def over(self, turn, started):
        text = "Done, and checked."
        self.talk.say(text, final=True)
        self.talk.turn_over(text)


class CodexChild(CodexPlayer):
    """A sub-agent: a thread with a rollout of its own."""

    def __init__(self, parent: CodexPlayer, talk: Codex, agent: Delegate):
        self.__dict__ |= parent.__dict__
        self.talk, self.agent, self.agent_id, self.waiting = talk, agent, talk.session, []
        self.answer = f"{agent.note}: done. Nothing unusual was found."

    def work(self):
        self.open()
        told = self.talk.prompt(self.agent.prompt)
        self.asked(self.agent.prompt, told["ids"])
        self.prompt = self.prompt | {"delegated": [*told["ids"], told["text"]]}
        for step in self.agent.steps:
            self.pause(0.1, 0.5)
            self.step(step)
        self.talk.say(self.answer, final=True)
        self.talk.turn_over(self.answer)
        self.talk.finish()


def player(plan: Plan, *rest) -> Player:
    return (ClaudePlayer if plan.agent == "claude-code" else CodexPlayer)(plan, *rest)
