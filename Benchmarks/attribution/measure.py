"""What is counted of each attribution, and the figures with their intervals."""

import collections
from dataclasses import dataclass

import numpy

BINS = 10
LEVELS = ("call", "prompt", "conversation")


@dataclass
class Verdict:
    """What one method says of one action."""
    # It names one answer at that level.
    named: dict[str, bool]
    right: dict[str, bool]
    confidence: float
    # It gives a set, and the truth is in it.
    is_set: bool = False
    contains: dict[str, bool] | None = None
    size: int = 0


NOTHING = Verdict({level: False for level in LEVELS}, {level: False for level in LEVELS}, 0.0)


class Measure:
    """Sums by cluster, so that drawing clusters anew is a product of matrices."""

    NAMES = ("agents", "noise", "named", "named_noise", "right", "named_agents", "sets", "set_noise", "contained", "set_size", "unknown",
             "named_unknown", "brier")

    def __init__(self):
        self.clusters: dict[tuple, dict] = {}

    def add(self, labelled, verdict: Verdict, level: str):
        key = (labelled.is_agents, labelled.cluster)
        row = self.clusters.setdefault(key, collections.defaultdict(float))
        agents = labelled.is_agents
        if not labelled.is_known(level):
            # Nothing in the transcripts says so any more: silence is fine, a wrong answer is not. To name the right call under
            # the prompt before it is no wrong answer.
            row["unknown"] += 1
            if not verdict.right["call"] and verdict.named[level] and not verdict.right[level]:
                row["named"] += 1
                row["named_unknown"] += 1
                row["brier"] += verdict.confidence**2
            return
        row["agents" if agents else "noise"] += 1
        if verdict.named[level]:
            right = agents and verdict.right[level]
            row["named"] += 1
            row["named_agents" if agents else "named_noise"] += 1
            row["right"] += right
            row["brier"] += (verdict.confidence - right) ** 2
            bin = min(int(verdict.confidence * BINS), BINS - 1)
            row["bin", bin, "count"] += 1
            row["bin", bin, "confidence"] += verdict.confidence
            row["bin", bin, "right"] += right
        if verdict.is_set:
            row["sets" if agents else "set_noise"] += 1
            if agents:
                row["contained"] += verdict.contains[level]
                row["set_size"] += verdict.size

    def figures(self, draws: int = 1000, seed: int = 1) -> dict:
        """Each figure with its 95 % interval: clusters of agents and of others are drawn anew, each among their own."""
        columns = list(self.NAMES) + [("bin", n, what) for n in range(BINS) for what in ("count", "confidence", "right")]
        generator = numpy.random.default_rng(seed)
        total, drawn = numpy.zeros(len(columns)), numpy.zeros((draws, len(columns)))
        for agents in (True, False):
            rows = [row for (kind, _), row in sorted(self.clusters.items()) if kind == agents]
            if not rows:
                continue
            matrix = numpy.array([[row[column] for column in columns] for row in rows])
            total += matrix.sum(axis=0)
            drawn += generator.multinomial(len(rows), [1 / len(rows)] * len(rows), size=draws) @ matrix
        points, many = self.ratios(total[None, :], columns), self.ratios(drawn, columns)
        out = {}
        for name, values in points.items():
            spread = many[name][~numpy.isnan(many[name])]
            point = None if numpy.isnan(values[0]) else float(values[0])
            interval = [float(edge) for edge in numpy.percentile(spread, (2.5, 97.5))] if len(spread) else None
            out[name] = {"value": point, "interval": interval}
        out["counts"] = {name: int(total[n]) for n, name in enumerate(self.NAMES) if name != "brier"}
        return out

    @staticmethod
    def ratios(sums, columns):
        at = {column: n for n, column in enumerate(columns)}

        def ratio(above, below):
            with numpy.errstate(divide="ignore", invalid="ignore"):
                return numpy.where(sums[:, at[below]] > 0, sums[:, at[above]] / sums[:, at[below]], numpy.nan)

        counts = numpy.stack([sums[:, at["bin", n, "count"]] for n in range(BINS)])
        gaps = numpy.stack([numpy.abs(sums[:, at["bin", n, "confidence"]] - sums[:, at["bin", n, "right"]]) for n in range(BINS)])
        with numpy.errstate(divide="ignore", invalid="ignore"):
            error = numpy.where(counts.sum(axis=0) > 0, gaps.sum(axis=0) / counts.sum(axis=0), numpy.nan)
        return {
            "precision": ratio("right", "named"), "precision_agents": ratio("right", "named_agents"), "recall": ratio("right", "agents"),
            "coverage": ratio("named_agents", "agents"), "false_attribution": ratio("named_noise", "noise"), "ambiguous": ratio("sets", "agents"),
            "containment": ratio("contained", "sets"), "set_size": ratio("set_size", "sets"), "ece": error, "brier": ratio("brier", "named"),
        }
