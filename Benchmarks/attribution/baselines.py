"""What simpler methods would say, from the same case file.

    time-only          the call in whose interval the action begins; of several the one that began last
    nearest-1s         the call that began nearest to the action, within one second (agent-trace's default)
    exact-text         the calls that hold the action's text word for word; of several the nearest in time
"""

import bisect

from case import Case, flat

SECOND = 1_000_000_000


class Baselines:
    NAMES = ("time-only", "nearest-1s", "exact-text")

    def __init__(self, case: Case):
        self.calls = sorted((call for call in case.calls.values() if call.started is not None), key=lambda call: call.started)
        self.starts = [call.started for call in self.calls]
        self.longest = max((call.ended - call.started for call in self.calls if call.ended is not None), default=0)
        # Arguments are JSON in most formats: what a string escapes there is as it was typed.
        self.texts = [flat(f"{call.command} {call.arguments}".replace("\\n", " ").replace('\\"', '"')) for call in self.calls]
        self.holding: dict[str, list[int]] = {}

    def answer(self, name: str, action):
        """The call that a method names, or none."""
        return {"time-only": self.inside, "nearest-1s": self.nearest, "exact-text": self.exact}[name](action)

    def inside(self, action):
        place = bisect.bisect_right(self.starts, action.started) - 1
        while place >= 0 and action.started - self.starts[place] <= self.longest:
            call = self.calls[place]
            if call.ended is not None and action.started <= call.ended:
                return call
            place -= 1
        return None

    def nearest(self, action):
        place = bisect.bisect_left(self.starts, action.started)
        near = [call for call in self.calls[max(place - 1, 0):place + 1] if abs(call.started - action.started) <= SECOND]
        return min(near, key=lambda call: abs(call.started - action.started), default=None)

    def exact(self, action):
        text = flat(action.text)
        if action.protocol == "http":
            # A request is said by its URL; the method is not in the words of a command.
            text = text.partition(" ")[2]
        if len(text) < 4:
            return None
        if text not in self.holding:
            self.holding[text] = [n for n, said in enumerate(self.texts) if text in said]

        def distance(n):
            call = self.calls[n]
            if action.started < call.started:
                return call.started - action.started
            return max(action.started - (call.ended if call.ended is not None else action.started), 0)

        best = min(self.holding[text], key=distance, default=None)
        return None if best is None else self.calls[best]
