#!/usr/bin/env python3
"""How well a case's attributions agree with the laboratory's labels, beside simpler methods on the same case.

    evaluate.py LABELS.jsonl CASE.exhibit [--json FILE] [--draws N] [--wrong N] [--brief NAME]

Labels are laid onto actions by the client's port, order and text. Figures are told for three levels: the tool call, the prompt,
the conversation.

    precision    of the actions for which one answer is given (by agents and by others), how many are right
    recall       of the actions of agents, how many get the right answer
    coverage     of the actions of agents, how many get one answer
    false        of the actions of people, timers and others, how many get one answer: all of these are wrong
    containment  of the actions of agents with a set of answers, how many sets hold the truth
    ECE, Brier   how far confidence and truth are apart, over all answers

Behind each figure stands its 95 % interval, from drawing conversations anew (and connections, of those whom no transcript
knows). An ambiguous set whose members share the prompt, or the conversation, is one answer at that level.
"""

import argparse
import collections
import json
import sys

from baselines import Baselines
from case import Case
from measure import LEVELS, NOTHING, Measure, Verdict
from truth import Labels


class Judge:
    """Says of an answer whether it is right."""

    def __init__(self, case: Case, labels: Labels):
        self.case, self.labels = case, labels

    def answer(self, prompt_id, call_id) -> dict:
        """What an attribution names at each level, in words that labels have too; None where it names nothing."""
        call = self.case.calls.get(call_id) if call_id else None
        prompt = self.case.prompts.get(prompt_id or (call.prompt if call else None))
        known = self.labels.call(call) if call else None
        conversation = known["conversation"] if known else None
        if conversation is None and prompt is not None and prompt.native:
            conversation = self.labels.prompts.get(prompt.native)
        if conversation is None:
            holder = (prompt.conversation if prompt else None) or (call.conversation if call else None)
            names = self.case.conversation(holder) or ({holder} if holder else set())
            conversation = next((name for name in sorted(names) if name in self.labels.conversations), holder)
        named = known["call"] if known else (call.native or call.id) if call else None
        return {"call": named, "prompt": prompt, "conversation": conversation}

    def right(self, answer: dict, owner: dict, level: str) -> bool:
        if "call" not in owner or answer[level] is None:
            return False
        if level != "prompt":
            return answer[level] == owner[level]
        truth, said = owner["prompt"], answer["prompt"]
        natives = truth["ids"] + truth.get("delegated", [])
        if said.native is not None and said.native in natives:
            return True
        # A source may know a prompt by its text alone; the conversation has to agree then.
        texts = {text.strip() for text in [truth["text"], *truth.get("delegated", [])]}
        return said.text.strip() in texts and answer["conversation"] == owner["conversation"]

    def verdict(self, rows: list, owner: dict) -> Verdict:
        """Of attribution rows (prompt, call, confidence, method, ambiguous)."""
        if not rows:
            return NOTHING
        answers = [self.answer(prompt, call) for prompt, call, *_ in rows]
        if not any(ambiguous for *_, ambiguous in rows):
            best = max(range(len(rows)), key=lambda n: rows[n][2])
            named = {level: answers[best][level] is not None for level in LEVELS}
            return Verdict(named, {level: self.right(answers[best], owner, level) for level in LEVELS}, rows[best][2])
        named, right = {}, {}
        for level in LEVELS:
            said = {(a[level].native or a[level].id) if level == "prompt" and a[level] else a[level] for a in answers}
            # A single row that calls itself ambiguous leaves open that it was nobody: that is no answer.
            named[level] = len(rows) > 1 and len(said) == 1 and None not in said
            right[level] = named[level] and self.right(answers[0], owner, level)
        contains = {level: any(self.right(answer, owner, level) for answer in answers) for level in LEVELS}
        return Verdict(named, right, min(sum(row[2] for row in rows), 1.0), True, contains, len(rows))


class Evaluation:
    def __init__(self, labels_path: str, case_path: str):
        self.labels, self.case = Labels(labels_path), Case(case_path)
        self.judge, self.baselines = Judge(self.case, self.labels), Baselines(self.case)
        self.laid, self.around, self.lost, self.bare = self.labels.lay(self.case)
        self.verdicts: dict[str, list[Verdict]] = {"exhibit": [self.judge.verdict(l.action.attributions, l.owner) for l in self.laid]}
        for name in Baselines.NAMES:
            self.verdicts[name] = [self.of_call(self.baselines.answer(name, l.action), l.owner) for l in self.laid]

    def of_call(self, call, owner) -> Verdict:
        return NOTHING if call is None else self.judge.verdict([(call.prompt, call.id, 1.0, "", False)], owner)

    def measure(self, method: str, level: str, keep=lambda labelled: True) -> Measure:
        out = Measure()
        for labelled, verdict in zip(self.laid, self.verdicts[method]):
            if keep(labelled):
                out.add(labelled, verdict, level)
        return out

    def result(self, draws: int) -> dict:
        methods = {}
        for method in self.verdicts:
            methods[method] = {level: self.measure(method, level).figures(draws) for level in LEVELS}
        splits = {}
        for title, value in (("tool", lambda l: l.tool), ("hop", lambda l: str(l.hop)), ("protocol", lambda l: l.protocol),
                             ("prompt's way", self.way), ("agent", lambda l: f"{l.owner['agent']} {l.owner['version']}" if l.is_agents else "nobody known"),
                             ("noise", lambda l: None if l.is_agents else l.tool)):
            kinds = sorted({value(l) for l in self.laid} - {None})
            splits[title] = {kind: self.measure("exhibit", "prompt", lambda l, kind=kind: value(l) == kind).figures(draws) for kind in kinds
                             if title == "noise" or any(l.is_agents for l in self.laid if value(l) == kind)}
        by_method = collections.defaultdict(lambda: [0, 0])
        for labelled, verdict in zip(self.laid, self.verdicts["exhibit"]):
            if verdict.named["prompt"]:
                best = max(labelled.action.attributions, key=lambda row: row[2])[3]
                by_method[best][0] += 1
                by_method[best][1] += labelled.is_agents and verdict.right["prompt"]
        return {
            "matching": {"labels": self.labels.count, "labels_without_action": self.lost, "actions": len(self.case.actions),
                         "labelled_actions": len(self.laid), "other_actions_of_labelled_connections": len(self.around),
                         "actions_without_label": len(self.bare), "tool_calls": len(self.case.calls), "prompts": len(self.case.prompts),
                         "attributed_actions": sum(1 for action in self.case.actions.values() if action.attributions)},
            "methods": methods, "splits": splits,
            "by_method": {name: {"named": count, "right": right} for name, (count, right) in sorted(by_method.items())},
        }

    @staticmethod
    def way(labelled):
        """How the prompt reached the model: what a reader of transcripts finds hard is not what correlation finds hard."""
        if not labelled.is_agents:
            return None
        prompt = labelled.owner["prompt"]
        return "told to a sub-agent" if "delegated" in prompt else prompt.get("came", "typed")

    def truth(self):
        """Each labelled action with the prompts of the case that are right for it; of people, timers and others none are."""
        known: dict[str, list[str]] = {}
        for labelled in self.laid:
            if not labelled.is_agents:
                yield labelled.action.id, []
                continue
            # What a damaged transcript no longer tells teaches nothing.
            if not labelled.is_known("prompt"):
                continue
            key = json.dumps([labelled.owner["prompt"], labelled.owner["conversation"]], sort_keys=True)
            if key not in known:
                known[key] = [prompt for prompt in sorted(self.case.prompts)
                              if self.judge.right(self.judge.answer(prompt, None), labelled.owner, "prompt")]
            if known[key]:
                yield labelled.action.id, known[key]

    def wrong(self, count: int):
        """Some answers that are not right, for whoever wants to know why."""
        for labelled, verdict in zip(self.laid, self.verdicts["exhibit"]):
            if count <= 0:
                return
            if verdict.named["prompt"] and not (labelled.is_agents and verdict.right["prompt"]):
                count -= 1
                row = max(labelled.action.attributions, key=lambda row: row[2])
                call = self.case.calls.get(row[1])
                prompt = self.case.prompts.get(row[0] or (call.prompt if call else None))
                truth = labelled.owner["prompt"] if labelled.is_agents else None
                prompts = {"prompt": truth and truth["text"][:80], "prompt_said": prompt and prompt.text[:80]}
                yield prompts | {"action": labelled.action.id, "text": labelled.action.text[:120], "truth": labelled.owner.get("call") or labelled.owner["noise"],
                       "tool": labelled.tool, "hop": labelled.hop, "said": call.native if call else None, "method": row[3], "confidence": row[2]}


def shown(figure) -> str:
    if figure["value"] is None:
        return "–"
    text = f"{figure['value']:.4f}"
    return text + (f" [{figure['interval'][0]:.3f}, {figure['interval'][1]:.3f}]" if figure["interval"] else "")


def table(head: list[str], rows: list[list[str]]):
    widths = [max(len(row[n]) for row in [head, *rows]) for n in range(len(head))]
    for row in [head, ["-" * width for width in widths], *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    print()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels")
    parser.add_argument("case")
    parser.add_argument("--json")
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--wrong", type=int, default=0, metavar="N", help="show N answers that are not right")
    parser.add_argument("--brief", metavar="NAME", help="one line of a Markdown table, for prompts")
    parser.add_argument("--truth", metavar="FILE", help="write the prompts behind each action, for fit-weights, and nothing else")
    given = parser.parse_args()
    evaluation = Evaluation(given.labels, given.case)
    if given.truth:
        with open(given.truth, "w", encoding="utf-8") as file:
            for action, prompts in evaluation.truth():
                file.write(json.dumps({"action": action, "prompts": prompts}) + "\n")
        return 0
    result = evaluation.result(given.draws)
    if given.json:
        with open(given.json, "w", encoding="utf-8") as file:
            json.dump(result, file, indent=1)
    if given.brief:
        brief(given.brief, result)
    else:
        report(result, evaluation.wrong(given.wrong))
    return 0


def brief(name: str, result: dict):
    cells = [shown(result["methods"]["exhibit"]["prompt"][figure])
             for figure in ("precision", "coverage", "recall", "false_attribution", "containment", "ece")]
    for other in Baselines.NAMES:
        figures = result["methods"][other]["prompt"]
        cells.append(" / ".join("–" if figures[figure]["value"] is None else f"{figures[figure]['value']:.3f}"
                                for figure in ("precision", "coverage", "false_attribution")))
    print(f"| {name} | {' | '.join(cells)} | {result['matching']['labels_without_action']} |")


def report(result: dict, wrong):
    matching = result["matching"]
    print(f"{matching['labels']} labels, {matching['labels_without_action']} without an action; {matching['actions']} actions: "
          f"{matching['labelled_actions']} labelled, {matching['other_actions_of_labelled_connections']} logins and the like, "
          f"{matching['actions_without_label']} without a label; {matching['prompts']} prompts and {matching['tool_calls']} tool calls\n")
    columns = ("precision", "recall", "coverage", "false_attribution", "containment", "ece", "brier")
    rows = [[method, level, *(shown(result["methods"][method][level][name]) for name in columns)]
            for level in LEVELS for method in result["methods"]]
    table(["method", "level", "precision", "recall", "coverage", "false", "containment", "ECE", "Brier"], rows)
    for title, kinds in result["splits"].items():
        if title == "noise":
            rows = [[kind, str(figures["counts"]["noise"]), shown(figures["false_attribution"]), str(figures["counts"]["set_noise"])]
                    for kind, figures in kinds.items()]
            table(["no transcript's", "actions", "false", "in a set"], rows)
            continue
        rows = [[kind, str(figures["counts"]["agents"]), shown(figures["precision_agents"]), shown(figures["recall"]), shown(figures["coverage"]),
                 shown(figures["ambiguous"])] for kind, figures in kinds.items()]
        table([f"by {title} (prompt)", "actions", "precision", "recall", "coverage", "ambiguous"], rows)
    if result["by_method"]:
        table(["evidence", "answers", "right"], [[name, str(c["named"]), f"{c['right'] / c['named']:.4f}"] for name, c in result["by_method"].items()])
    for answer in wrong:
        print(json.dumps(answer))


if __name__ == "__main__":
    sys.exit(main())
