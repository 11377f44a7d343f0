"""Ids as the agents make them, drawn from a generator that has a seed, and times as they write them."""

import random
import string
import time
import uuid

ALPHANUMERIC = string.ascii_letters + string.digits
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class Ids:
    def __init__(self, rng: random.Random):
        self.rng = rng

    def letters(self, count: int, alphabet: str = BASE58) -> str:
        return "".join(self.rng.choice(alphabet) for _ in range(count))

    def hex(self, count: int) -> str:
        return f"{self.rng.getrandbits(4 * count):0{count}x}"

    def uuid4(self) -> str:
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def uuid7(self) -> str:
        """The time is real, the rest is drawn."""
        value = (time.time_ns() // 1_000_000 & (1 << 48) - 1) << 80 | 7 << 76 | self.rng.getrandbits(12) << 64
        return str(uuid.UUID(int=value | 2 << 62 | self.rng.getrandbits(62)))

    def toolu(self) -> str:
        return "toolu_01" + self.letters(22)

    def msg(self) -> str:
        return "msg_01" + self.letters(22)

    def req(self) -> str:
        return "req_011C" + self.letters(20)

    def call(self) -> str:
        return "call_" + self.letters(24, ALPHANUMERIC)


def stamp(at_ns: int | None = None) -> str:
    """UTC with milliseconds, as both agents write it."""
    milliseconds = (time.time_ns() if at_ns is None else at_ns) // 1_000_000
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds // 1000)) + f".{milliseconds % 1000:03d}Z"
