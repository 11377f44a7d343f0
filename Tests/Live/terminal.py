#!/usr/bin/env python3
"""Records real programs on a pseudo-terminal and has tmux show the same bytes.

    terminal.py FOLDER COLUMNS ROWS

For each program FOLDER gets NAME.bytes, what it wrote, and NAME.moments: for several moments, how many bytes had been
written by then and every cell that tmux shows of them.
"""
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unicodedata

FOLDER, COLUMNS, ROWS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = os.path.join(FOLDER, "samples")


def environment():
    return {
        "TERM": "screen-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "HOME": SAMPLES, "PATH": os.environ["PATH"],
        "PS1": "\\[\\e[1;32m\\]user\\[\\e[0m\\]:\\w\\$ ", "HISTFILE": "/dev/null", "LESSHISTFILE": "-", "TMPDIR": FOLDER,
        "SHELL": "/bin/bash", "PSQL_HISTORY": "/dev/null", "PGHOST": FOLDER, "PSQLRC": "/dev/null",
    }


def record(arguments, steps):
    """What a program writes when it is typed to, and how much of it after each step."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(SAMPLES)
        os.execvpe(arguments[0], arguments, environment())
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    os.kill(child, signal.SIGWINCH)
    written = bytearray()

    def listen(quiet):
        """Until nothing has come for a while."""
        begun = time.monotonic()
        while time.monotonic() - begun < 15:
            if not select.select([terminal], [], [], quiet)[0]:
                return True
            try:
                data = os.read(terminal, 65536)
            except OSError:
                return False
            if not data:
                return False
            written.extend(data)
        return True

    listen(0.7)
    moments = [len(written)]
    for step in steps:
        try:
            os.write(terminal, step.encode())
        except OSError:
            break
        going = listen(0.3)
        moments.append(len(written))
        if not going:
            break
    try:
        os.kill(child, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os.close(terminal)
    os.waitpid(child, 0)
    return bytes(written), sorted(set(moments))


UP, DOWN, LEFT, RIGHT = "\x1b[A", "\x1b[B", "\x1b[D", "\x1b[C"


def programs():
    bash = ["bash", "--norc", "--noprofile", "-i"]
    yield "bash", bash, [
        "echo hello world\r", "ls --color=always -la\r", UP + UP, "\x01# \x05 tail", "\x03",
        "echo " + "a long line that wraps at the margin " * 6, LEFT * 30 + "INSERTED", "\x01" + RIGHT * 3 + "\x0b", "\x19",
        "\r", "\x12echo", "\x12", "\r", "cat colo\t", "\r", "for i in 1 2 3; do\r", "echo $i; done\r", "seq 1 200\r",
        "printf 'a\\tb\\tc\\n\\e[7mreverse\\e[0m\\n'\r", "echo 漢字かな交じり文 é ü 😀\r", LEFT * 3 + "\x7f\x7f", "\x03", "clear\r",
        "exit\r",
    ]
    yield "vim", ["vim", "-u", "NONE", "-i", "NONE", "-n", "code.py"], [
        ":syntax on\r", ":set number ruler hlsearch\r", "Gone more line\x1b", "ggOfirst 漢字 line\x1b", "/def\r", "n", "dd", "u",
        ":split\r", "\x04", "\x17w", ":vsplit\r", "10j", ":set list\r", ":%s/self/me/g\r", "ggVGd", "u", "zz", ":only\r",
        "5J", "\x06", "\x02", "gg10\x05", ":q!\r",
    ]
    yield "less", ["less", "-R", "-S", "text.txt"], [
        " ", "j", "j", "k", "/seven\r", "n", "G", "g", "\x1b[C", "\x1b[D", "-S\r", "30g", "b", "h", "q", "q",
    ]
    yield "less-colour", ["less", "-R", "colours.txt"], [" ", "k", "G", "q"]
    yield "top", ["top", "-d", "0.2", "-b", "-n", "1"], []
    yield "top-full", ["top", "-d", "1"], ["z", "x", "c", "1", "1", "h", "q", "q"]
    yield "colours", ["cat", "colours.txt"], []
    yield "cjk", ["cat", "cjk.txt"], []
    yield "lines", ["cat", "lines.txt"], []
    yield "tmux", ["tmux", "-L", "exhibit-inner-%d" % os.getpid(), "-f", "/dev/null", "new-session", "bash --norc --noprofile"], [
        "echo inside\r", "\x02%", "ls\r", "\x02\"", "seq 1 100\r", "\x02o", "echo other 漢字\r", "\x02[", "\x1b[5~", "q", "\x02z",
        "\x02z", "\x02d",
    ]
    if shutil.which("python3"):
        yield "python", ["python3", "-q"], ["1 + 1\r", "for i in range(3):\r  print(i)\r\r", "print('x' * 300)\r", UP, "\x15", "\x04"]
    if os.path.exists(os.path.join(FOLDER, ".s.PGSQL.5432")):
        yield "psql", ["psql", "-U", "postgres", "postgres"], [
            "\\l\r", "q", "SELECT generate_series(1, 100) AS n, repeat('abc', 12) AS t;\r", " ", "q", "\\x\r",
            "SELECT * FROM pg_class LIMIT 3;\r", " ", "q", "\\x\r", "SELECT '漢字' AS wide, 1 AS\r", "one;\r", UP, "\x03",
            "\\pset linestyle unicode\r", "\\pset border 2\r", "TABLE pg_am;\r", "q", "SEL\t", "\x03", "\\q\r",
        ]


def make_samples():
    os.makedirs(SAMPLES, exist_ok=True)

    def write(name, text):
        with open(os.path.join(SAMPLES, name), "w") as file:
            file.write(text)

    write("code.py", "".join(
        f"class C{i}:\n    \"\"\"A class.\"\"\"\n    def method_{i}(self, x):\n\t# a tab and 'text'\n        return self.x + {i}\n\n"
        for i in range(40)))
    words = "one two three four five six seven eight nine ten".split()
    write("text.txt", "".join(f"{i:4} " + " ".join(words[(i + j) % 10] for j in range(i % 40)) + "\n" for i in range(300)))
    colours = "".join(f"\x1b[38;5;{i}m{i:4}\x1b[48;5;{255 - i}m x \x1b[0m" + ("\n" if i % 12 == 11 else "") for i in range(256))
    colours += "".join(f"\x1b[{i}m attribute {i} \x1b[0m" for i in (1, 2, 3, 4, 5, 7, 8, 9, 21)) + "\n"
    colours += "".join(f"\x1b[{i}m{i}\x1b[{i + 60}m{i + 60}\x1b[{i + 10};{i + 70}mb" for i in range(30, 38)) + "\x1b[0m\n"
    colours += "".join(f"\x1b[48;2;{i};{255 - i};128m\x1b[38:2::{255 - i}:{i}:9m*" for i in range(0, 256, 3)) + "\x1b[0m\n"
    colours += "\x1b[44mto the end\x1b[K\n\x1b[0m\x1b[4:3mcurly\x1b[4:0m plain\n"
    write("colours.txt", colours)
    write("cjk.txt", "".join(
        "a" * (i % 5) + "漢字かな交じり文の折り返し、한국어 텍스트、全角ＡＢＣ" * (i % 7) + f" é e\u0301 n\u0303 ж {i}\n" for i in range(60)))
    lines = "\x1b(0lqqqwqqqk\x1b(B box\r\n\x1b(0x   x   x\x1b(B\r\n\x1b(0mqqqvqqqj\x1b(B\r\n"
    lines += "\x1b)0\x0eabcdefghijklmnopqrstuvwxyz{|}~\x0f abc\r\n"
    lines += "\x1b[5;10r\x1b[5;1H" + "".join(f"line {i}\r\n" for i in range(9)) + "\x1b[7;1H\x1b[2L\x1b[8;1H\x1b[M\x1b[r"
    lines += "\x1b[12;3Hdelete\x1b[12;4H\x1b[2P\x1b[13;3Hinsert\x1b[13;4H\x1b[3@\x1b[14;3Herase\x1b[14;4H\x1b[2X"
    lines += "\x1b[15;1H\x1b[4htyped\x1b[15;1Hbefore \x1b[4l\x1b[16;1Ha\tb\tc\x1b[17;1H\x1b[3g\x1b[17;5H\x1bH\r\tat five"
    lines += "\x1b[18;1Hx\x1b[9b\x1b[19;1H\x1b7saved\x1b8S\x1b[20;5H\x1bM\x1bM\x1bDup\x1b[2S\x1b[1T"
    write("lines.txt", lines)


# What `capture-pane -e` writes is text, SGR and the shift to line drawing.
GRAPHICS = dict(zip(
    "`abcdefghijklmnopqrstuvwxyz{|}~", "◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·"))
LETTERS = {1: "b", 2: "d", 3: "i", 5: "k", 7: "r", 8: "c", 9: "s", 53: "o"}


def style(codes, look):
    look = dict(look)
    values = [c for c in re.split(";", codes)] or ["0"]
    index = 0
    while index < len(values):
        whole = values[index]
        code = int(whole.split(":")[0] or 0)
        if code == 0:
            look = {"fg": "-", "bg": "-", "on": frozenset()}
        elif ":" in whole and code == 4:
            kind = int(whole.split(":")[1])
            look["on"] = look["on"] - {"u", "D", "C"} | {0: set(), 1: {"u"}, 2: {"u", "D"}, 3: {"u", "C"}}.get(kind, {"u"})
        elif code in (38, 48):
            if values[index + 1] == "5":
                colour = "i" + values[index + 2]
                index += 2
            else:
                colour = "#%02x%02x%02x" % tuple(int(v) for v in values[index + 2:index + 5])
                index += 4
            look["fg" if code == 38 else "bg"] = colour
        elif 30 <= code <= 37 or 90 <= code <= 97:
            look["fg"] = "i%d" % (code - 30 if code < 90 else code - 82)
        elif 40 <= code <= 47 or 100 <= code <= 107:
            look["bg"] = "i%d" % (code - 40 if code < 100 else code - 92)
        elif code == 39:
            look["fg"] = "-"
        elif code == 49:
            look["bg"] = "-"
        elif code == 4:
            look["on"] = look["on"] | {"u"}
        elif code in LETTERS:
            look["on"] = look["on"] | {LETTERS[code]}
        index += 1
    return look


def cells(captured):
    """Row, column, character and look of every cell that is not a plain blank."""
    look = {"fg": "-", "bg": "-", "on": frozenset()}
    graphics = False
    for row, line in enumerate(captured.split("\n")):
        column, index, found = 0, 0, []
        while index < len(line):
            sequence = re.compile(r"\x1b\[([0-9;:]*)m").match(line, index)
            character = line[index]
            if sequence:
                look = style(sequence.group(1), look)
                index = sequence.end()
                continue
            index += 1
            if character in "\x0e\x0f":
                graphics = character == "\x0e"
                continue
            if unicodedata.category(character) in ("Mn", "Me", "Cf"):
                if found:
                    found[-1][1] += character
                continue
            found.append([column, GRAPHICS.get(character, character) if graphics else character, look])
            column += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for column, text, look_then in found:
            plain = look_then["fg"] == "-" and look_then["bg"] == "-" and not look_then["on"]
            if text != " " or not plain:
                yield "%d %d %s %s %s %s" % (
                    row, column, text, look_then["fg"], look_then["bg"], "".join(sorted(look_then["on"])))


class Judge:
    """A tmux of our own that shows bytes in a pane."""

    def __init__(self, name):
        self.name = "exhibit-judge-%d-%s" % (os.getpid(), name)
        self.pipe = os.path.join(FOLDER, name + ".pipe")
        os.mkfifo(self.pipe)
        configuration = os.path.join(FOLDER, name + ".conf")
        with open(configuration, "w") as file:
            file.write("set -g status off\nset -g default-terminal screen-256color\nset -g scroll-on-clear off\n"
                       "set -g remain-on-exit on\n")
        variables = dict(os.environ, LANG="C.UTF-8", LC_ALL="C.UTF-8", TERM="screen-256color")
        variables.pop("TMUX", None)
        self.variables = variables
        subprocess.run(
            ["tmux", "-u", "-L", self.name, "-f", configuration, "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS),
             f"stty raw -echo; exec cat '{self.pipe}'"],
            check=True, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.stream = open(self.pipe, "wb", buffering=0)

    def ask(self, *arguments):
        return subprocess.run(
            ["tmux", "-u", "-L", self.name, *arguments], check=True, env=self.variables, stdout=subprocess.PIPE).stdout.decode()

    def show(self, data, number):
        """tmux has taken everything once the title that comes last is set."""
        self.stream.write(data + b"\x1b]2;moment-%d\x07" % number)
        deadline = time.monotonic() + 20
        while self.ask("display-message", "-p", "#{pane_title}").strip() != "moment-%d" % number:
            if time.monotonic() > deadline:
                raise TimeoutError("tmux does not take the bytes")
        return self.ask("display-message", "-p", "#{cursor_x} #{cursor_y} #{alternate_on}").strip(), self.ask(
            "capture-pane", "-p", "-e", "-N")

    def end(self):
        self.stream.close()
        subprocess.run(["tmux", "-L", self.name, "kill-server"], env=self.variables, stderr=subprocess.DEVNULL)


def judge(name, written, moments):
    tmux = Judge(name)
    try:
        with open(os.path.join(FOLDER, name + ".moments"), "w") as file:
            before = 0
            for number, moment in enumerate(moments):
                state, captured = tmux.show(written[before:moment], number)
                before = moment
                file.write(f"moment {moment} {state}\n")
                for cell in cells(captured.rstrip("\n")):
                    file.write(cell + "\n")
    finally:
        tmux.end()


def start_postgres():
    """A server of our own for psql, where there is one to start and someone to run it."""
    programs_folder = "/usr/lib/postgresql/15/bin"
    if not os.path.exists(programs_folder) or os.getuid() != 0:
        return None
    data = os.path.join(FOLDER, "data")
    os.makedirs(data)
    shutil.chown(data, "postgres")
    shutil.chown(FOLDER, "postgres")
    run = lambda command: subprocess.run(["su", "postgres", "-s", "/bin/sh", "-c", command], stdout=subprocess.DEVNULL, check=True)
    run(f"{programs_folder}/initdb -A trust -N -D {data}")
    run(f"{programs_folder}/pg_ctl -w -D {data} -l {data}/log -o \"-c listen_addresses= -k {FOLDER} -F\" start")
    return lambda: run(f"{programs_folder}/pg_ctl -w -m immediate -D {data} stop")


def main():
    # Whoever starts us may have signals blocked, and tmux ends by one.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    make_samples()
    stop = start_postgres()
    failures = []

    def work(name, arguments, steps):
        try:
            written, moments = record(arguments, steps)
            with open(os.path.join(FOLDER, name + ".bytes"), "wb") as file:
                file.write(written)
            judge(name, written, moments)
        except Exception as error:
            failures.append(f"{name}: {error!r}")

    try:
        threads = [threading.Thread(target=work, args=program) for program in programs()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        if stop:
            stop()
        subprocess.run(["tmux", "-L", "exhibit-inner-%d" % os.getpid(), "kill-server"], stderr=subprocess.DEVNULL)
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


main()
