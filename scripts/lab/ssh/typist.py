#!/usr/bin/env python3
"""Someone at a terminal over SSH: types key by key, and waits for what the screen shows before going on.

    typist.py [--at ADDRESS] PORT KEY USER SCREEN < script

Each line of the script is what to type, a tab, and a regular expression for what must be shown then; \\e, \\t, \\r, \\xHH as in C.
Three words stand alone: `=resize 100x30` changes the window, `=paste` before a line sends it in one piece, `=idle 1.5` pauses.
What was shown is written to the file SCREEN.
"""

import asyncio
import re
import sys

import asyncssh


def unescaped(text: str) -> bytes:
    return text.replace("\\e", "\x1b").encode().decode("unicode_escape").encode("latin-1")


async def main() -> None:
    words = sys.argv[1:]
    address = "127.0.0.1"
    if words[0] == "--at":
        address, words = words[1], words[2:]
    port, key, user, screen = words
    async with asyncssh.connect(
            address, int(port), username=user, client_keys=[key], known_hosts=None, config=None, agent_path=None) as connection:
        process = await connection.create_process(term_type="xterm-256color", term_size=(80, 24), encoding=None)
        shown = b""

        async def read_until(expected: bytes, start: int) -> None:
            nonlocal shown
            while not re.search(expected, shown[start:], re.S):
                try:
                    piece = await asyncio.wait_for(process.stdout.read(65536), 20)
                except TimeoutError:
                    sys.exit(f"typist: waited for {expected} in {shown[start:]}")
                if not piece:
                    sys.exit(f"typist: the session ended before {expected}: {shown[start:]}")
                shown += piece

        for line in sys.stdin.read().splitlines():
            if not line:
                continue
            if line.startswith("=resize "):
                columns, rows = map(int, line.split()[1].split("x"))
                process.change_terminal_size(columns, rows)
                continue
            if line.startswith("=idle "):
                await asyncio.sleep(float(line.split()[1]))
                continue
            is_paste = line.startswith("=paste ")
            typed, _, expected = line.removeprefix("=paste ").partition("\t")
            start = len(shown)
            keys = unescaped(typed)
            # A key that sends an escape sequence sends it in one piece.
            pieces = [keys] if is_paste else re.findall(rb"\x1b\[[0-9;]*[A-Za-z~]|\x1bO.|.", keys, re.S)
            for piece in pieces:
                process.stdin.write(piece)
                await asyncio.sleep(0.01)
            if expected:
                await read_until(expected.encode(), start)
        process.stdin.write(b"exit\r")
        while piece := await process.stdout.read(65536):
            shown += piece
        await process.wait()
        with open(screen, "wb") as out:
            out.write(shown)


asyncio.run(main())
