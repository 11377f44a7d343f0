/// Types at real shells in pseudo-terminals, and writes down what crossed them and what the shells say they were told.
///
/// Nothing sleeps: after each piece the terminal is polled until it is quiet, after Enter until a prompt shows.
enum TypingScript {
  static let source = #"""
    import base64, fcntl, json, os, pty, random, re, select, shutil, signal, struct, subprocess, sys, tempfile, termios, time

    DEADLINE = 8
    UP, DOWN, RIGHT, LEFT, HOME, END, DEL = ("\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H", "\x1b[F", "\x1b[3~")
    BS = "\x7f"
    PSQL_PATH = "/usr/lib/postgresql/15/bin/psql"
    SERVER = {}


    class Peer:
        """A program in a pseudo-terminal, typed at as a person or an agent would, and all that crossed it."""

        def __init__(self, name, argv, environment, columns, rows, prompt, folder, seed):
            self.name, self.columns, self.rows, self.prompt = name, columns, rows, re.compile(prompt)
            self.records, self.seen, self.random = [], "", random.Random(seed)
            self.started = time.time_ns()
            clean = dict(PATH="/usr/bin:/bin", HOME=folder, TERM="xterm-256color", LC_ALL="C.UTF-8", LANG="C.UTF-8")
            clean.update(environment)
            self.pid, self.fd = pty.fork()
            if self.pid == 0:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.chdir(folder)
                os.execve(argv[0], argv, clean)
            self.alive = True

        def note(self, kind, data):
            self.records.append([time.time_ns(), kind, base64.b64encode(data).decode()])

        def read(self, wait):
            """What comes within `wait` seconds; False at quiet or the end."""
            if not self.alive or not select.select([self.fd], [], [], wait)[0]:
                return False
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                data = b""
            if not data:
                self.alive = False
                return False
            self.note("output", data)
            self.seen += data.decode("utf-8", "replace")
            return True

        def quiet(self, calm=0.02):
            end = time.time() + DEADLINE
            while time.time() < end and self.read(calm):
                pass

        def until(self, pattern, limit=DEADLINE):
            """Until what was shown since the last write matches, and nothing more comes."""
            pattern = re.compile(pattern)
            end = time.time() + limit
            while self.alive and time.time() < end:
                plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\(B", "", self.seen)
                if pattern.search(plain):
                    self.quiet()
                    return
                self.read(0.1)

        def send(self, text):
            self.seen = ""
            data = text.encode("utf-8", "surrogateescape")
            self.note("input", data)
            try:
                os.write(self.fd, data)
            except OSError:
                self.alive = False

        def type(self, text):
            """Keys in small pieces, each echoed before the next; after Enter the prompt is waited for."""
            pieces = re.findall(r"\x1b\[200~.*?\x1b\[201~|\x1b\[[0-9;]*[A-Za-z~]|\x1bO.|\x1b.|[^\x1b]", text, re.S)
            held = ""
            for piece in pieces:
                single = len(piece) > 1 or ord(piece[0]) < 32 or piece == BS
                if single or self.random.random() < 0.3:
                    if held:
                        self.send(held)
                        self.quiet(0.015)
                        held = ""
                    if single:
                        self.send(piece)
                        if piece == "\r":
                            self.until(self.prompt)
                        else:
                            self.until(r"(?s).", 0.3) if piece in ("\t", "\x12", UP, DOWN) else None
                            self.quiet(0.03)
                        continue
                held += piece
            if held:
                self.send(held)
                self.quiet(0.015)

        def play(self, steps):
            self.until(self.prompt)
            self.quiet(0.1)
            for step in steps:
                if not self.alive:
                    break
                if isinstance(step, str):
                    self.type(step)
                elif step[0] == "burst":
                    self.send(step[1])
                    self.until(step[2] if len(step) > 2 else self.prompt)
                elif step[0] == "until":
                    self.until(step[1])
                elif step[0] == "key":
                    self.send(step[1])
                    self.quiet(0.08)
                elif step[0] == "resize":
                    fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", step[2], step[1], 0, 0))
                    self.note("resize", b"%dx%d" % (step[1], step[2]))
                    self.quiet(0.1)
            self.quiet(0.05)
            if self.alive:
                self.send("\x04")
                end = time.time() + 2
                while self.alive and time.time() < end:
                    self.read(0.1)
            try:
                os.kill(self.pid, signal.SIGKILL)
            except OSError:
                pass
            os.close(self.fd)
            os.waitpid(self.pid, 0)


    def files(folder):
        for name in ("alpha.txt", "beta.txt", "report-2024.csv", "report-2025.csv", "notes with blanks.md"):
            with open(os.path.join(folder, name), "w") as file:
                file.write("one\ntwo\nthree\n" * 20)
        os.mkdir(os.path.join(folder, "src"))
        with open(os.path.join(folder, "src", "main.c"), "w") as file:
            file.write("int main(void) { return 0; }\n")
        with open(os.path.join(folder, "ask"), "w") as file:
            file.write("#!/bin/bash\nstty -echo\nprintf '[sudo] password for deploy: '\nread -r x\nstty echo\necho\necho \"length ${#x}\"\n")
        with open(os.path.join(folder, "unlock"), "w") as file:
            file.write("#!/bin/bash\nread -rs -p \"deploy@build7's password: \" x\necho\necho \"Last login: today\"\n")
        with open(os.path.join(folder, "confirm"), "w") as file:
            file.write("#!/bin/bash\nread -r -p 'Proceed? [y/N] ' x\necho \"got $x\"\n")
        for name in ("ask", "unlock", "confirm"):
            os.chmod(os.path.join(folder, name), 0o755)


    PLAIN = ["pwd\r", "ls -l\r", "echo hello world\r", "true && echo yes || echo no\r", "cat alpha.txt | wc -l\r",
        "ls *.csv > list.out 2>&1\r", "export STAGE=prod\r", "echo \"$STAGE\" 'single $quoted'\r", "cd src\r", "ls\r",
        "cd ..\r", "false\r", "echo $?\r", "date +%Y > /dev/null\r", "for i in 1 2 3; do echo $i; done\r",
        "grep -n two alpha.txt | head -2\r", "\r", "test -f alpha.txt\r", "printf '%s\\n' a b\r", "echo a;echo b\r"]
    EDIT = ["ehco hi" + BS * 6 + "cho hi\r", "echo on" + BS + "ne\r", "echo three" + LEFT * 5 + "two " + END + " four\r",
        "cho start\x01e\r", "echo one two three\x17four\r", "garbage line\x15echo after kill\r",
        "echo keep drop" + LEFT * 5 + "\x0b\r", "echo word\x01\x0b\x19\r", "echo a b\x1bbX\x1bfY\r",
        "ls -l" + HOME + "echo " + END + " -a\r", "echo abc" + LEFT + LEFT + DEL + "\r", "echo one two\x1b\x7fthree\r",
        "echo ab\x14\r", "echo left\x02\x02\x02X\r", "echo x\x01\x06\x06\x06\x06\x06y\x05z\r", "echo a b c\x17\x17d\x19\r",
        "echo mid dle" + LEFT * 4 + BS + "\r"]
    HISTORY = ["echo first\r", "echo second\r", "echo third\r", UP + "\r", UP * 3 + "\r", UP * 2 + " more\r",
        UP + UP + DOWN + "\r", UP + BS * 4 + "changed\r", "\x12first\r", "\x12sec\x05 again\r", "echo lost" + UP + DOWN + "\r",
        "\x10\x10\r", UP + HOME + "true && \r", "\x12third\x12\r"]
    COMPLETE = ["cat al\t\r", "cat alp\tbe\t | wc\r", "cat rep\t2024.csv\r", "ls report-\t\t2025.csv\r", "cd sr\t\r", "cat ma\t\r",
        "cd ..\r", "cat not\t\r", "ls a\tb\t\r", "wc -l rep\t\t\x15echo given up\r", "cat be\t" + HOME + "tail -1 " + DEL * 4 + END + "\r"]
    MULTI = ["echo \"one\rtwo\"\r", "echo a \\\rb \\\rc\r", "cat <<EOF\rhere line one\r\rline three\rEOF\r",
        "for f in a b\rdo\recho $f\rdone\r", "if true\rthen echo t\rfi\r", "echo 'x\ry\rz'\r", "echo after\r",
        "greet() {\recho hi \"$1\"\r}\r", "greet bob\r", "while false; do\r:\rdone\r", "cat <<'END' | wc -l\ra\rb\rEND\r"]
    PASTE = ["\x1b[200~echo p1\necho p2\x1b[201~\r", "\x1b[200~echo single\x1b[201~\r", "echo \x1b[200~pasted words\x1b[201~ tail\r",
        "\x1b[200~for i in 1 2\ndo\n  echo $i\ndone\x1b[201~\r", "\x1b[200~echo crlf\x1b[201~" + BS * 4 + "edit\r",
        "\x1b[200~cat <<X\nbody\nX\x1b[201~\r"]
    LONG = ["echo " + " ".join("word%d" % i for i in range(24)) + "\r", "echo " + "x" * 200 + "\r",
        "echo " + "abc " * 30 + HOME + RIGHT * 5 + "START " + END + "END\r", "echo short\r", UP * 2 + "\r",
        "echo " + "m" * 100 + "\x17kurz\r", "printf '%s\\n' " + "'quoted arg' " * 9 + "\r",
        "echo " + "k" * 90 + LEFT * 45 + "MIDDLE" + BS * 2 + "\r", UP + "\x01\x1bf tail\r", "echo " + "e" * 155 + BS * 80 + "\r"]
    WIDE = ["echo héllo wörld\r", "echo 日本語テキスト\r", "echo 日本語" + LEFT + BS + "x\r", "echo 🚀 done\r", "echo e\u0301t\u00e9\r",
        "echo " + "漢字" * 30 + "\r", "echo ñandú" + LEFT * 3 + "é\r", "echo '→ ✓ λ'\r", "echo Ωmega" + HOME + RIGHT * 5 + "α\r"]
    CLEAR = ["echo before\r", "clear\r", "echo half\x0c way\r", "echo more\r", "printf '\\033[2J\\033[H'\r", "echo top\r",
        "seq 1 60\r", "echo low\x0c\r", "printf 'no newline'\r", "echo next\r"]
    ABORT = ["echo never\x03", "echo run\r", "echo \"open\r\x03", "echo again\r", "sleep 0.2; echo z\r", "echo x\x15\x03", "echo fin\r"]
    AHEAD = [("burst", "sleep 0.4\r", r"sleep"), ("burst", "echo ahead one\r", r"(?s)ahead one.*ahead one.*ahead one.*[$%#❯] "),
        ("burst", "sleep 0.4; echo late\r", r"late"), ("key", "echo typ"), ("key", "ed early\r"), ("until", r"(?s)early.*early.*early.*[$%#❯] "),
        ("burst", "echo b1\recho b2\recho b3\r", r"(?s)b3.*b3.*b3.*[$%#❯] "), "echo calm\r", ("burst", "pwd\r"), ("burst", "echo whole line at once\r")]
    SECRETS = ["./ask\r", "hunter2secret\r", "echo visible\r", "./unlock\r", "tr0ub4dor&3\r", "./confirm\r", "y\r", "echo open\r",
        ("burst", "read -s TOKEN\r", r"TOKEN"), "sk-live-0123456789\r", "echo done\r", ("burst", "cat\r", r"cat"), ("burst", "typed into cat\r", r"(?s)cat.*cat"), ("key", "\x04"), "echo later\r"]
    FULL = [("burst", "vim -u NONE -N alpha.txt\r", r"alpha"), ("key", "ihello vim\x1b"), ("key", ":q!\r"), "echo after vim\r",
        ("burst", "less beta.txt\r", r"one"), ("key", "j"), ("key", "/two\r"), ("key", "q"), "echo after less\r",
        ("burst", "top -d 5\r", r"PID"), ("key", "q"), "echo after top\r"]
    BANG = ["echo alpha beta\r", "!!\r", "echo !$\r", "ls alpha.txt\r", "!ec\r", "^beta^gamma\r", "echo 'no ! expansion'\r", "!nosuch\r",
        "echo fine\r", "echo \"x\" !!:1\r", "echo hi!\r"]
    ALIAS = ["alias ll='ls -l'\r", "ll\r", "ll | head -1\r", "echo $HOME\r", "type ll\r", "unalias ll\r"]
    RESIZE = ["echo before resize\r", "echo wide enough to", ("resize", 60, 24), " wrap now\r", "echo x\r",
        "echo abc", ("resize", 100, 30), "def\r", "ls\r", "echo " + "r" * 70, ("resize", 80, 24), " end\r", "echo last\r"]
    NESTED = ["echo outer\r", "bash --norc\r", "echo inner\r", "PS1='inner> '\r", "echo renamed\r", "exit\r", "echo outer again\r",
        "sh\r", "echo plain sh\r", "ls -l | wc -l\r", "exit\r", "echo end\r"]
    PYTHON = ["echo before\r", "/usr/bin/python3 -q\r", "1 + 1\r", "x = 'abc'\r", "print(x" + LEFT + "(" + RIGHT + ").upper())\r", "def f(a):\r  return a * 2\r\r",
        "f(21)\r", UP + UP + "\r\r", "import os; os.getpid()\r", UP * 2 + "\r", "exit()\r", "echo back\r"]
    SQLITE = ["sqlite3 t.db\r", "create table t(a int, b text);\r", "insert into t values (1, 'x'),\r(2, 'y');\r", "select * from t;\r", ".tables\r", ".quit\r", "echo shell again\r"]
    PSQL = ["echo before\r", PSQL_PATH + "\r", "select 1;\r", "select 1 as a,\r  2 as b\rfrom pg_class\rlimit 1;\r", "\\dt\r",
        "selct" + BS * 3 + "lect 'edited';\r", "create table t(a int);\r", "insert into t values (1),\r(2);\r", UP + "\r", "select 'one\rtwo';\r",
        "\\password\r", "hunter2secret\r", "hunter2secret\r", "select count(*) from (select 1\r) x;\r", "begin;\r", "select now();\r", "rollback;\r",
        "\\q\r", "echo back\r"]
    EVERYTHING = dict(plain=PLAIN, edit=EDIT, history=HISTORY, complete=COMPLETE, multi=MULTI, paste=PASTE, long=LONG, wide=WIDE, clear=CLEAR,
        abort=ABORT, ahead=AHEAD, secrets=SECRETS, full=FULL, bang=BANG, alias=ALIAS, resize=RESIZE)
    HIDDEN = ["hunter2secret", "tr0ub4dor&3", "sk-live-0123456789"]
    BASH_ONLY = dict(nested=NESTED, python=PYTHON, sqlite=SQLITE)

    BASH_PROMPTS = dict(
        bare="PS1='$ '",
        plain=r"PS1='\u@\h:\w\$ '",
        fancy=r"""PS1='\[\e[1;32m\]\u@\h\[\e[0m\]:\[\e[1;34m\]\w\[\e[0;33m\] (main)\[\e[0m\]\$ '""",
        two=r"""PS1='\n\[\e[36m\]┌─[\u@\h] \w\n└─\$\[\e[0m\] '""",
        old=r"PS1='[\u@\h \W]\$ '; bind 'set enable-bracketed-paste off'",
        marks=r"""PS1='\[\e]133;A\a\]\u:\w\$ \[\e]133;B\a\]'; PS0='\e]133;C\a'; PROMPT_COMMAND='printf "\e]133;D;%s\a\e]7;file://host%s\a" $? "$PWD"; history -a'""",
    )
    ZSH_PROMPTS = dict(
        bare="PROMPT='%# '",
        plain="PROMPT='%n@%m %~ %# '",
        fancy="PROMPT='%F{green}%n%f %F{blue}%~%f %B❯%b '; RPROMPT='%F{yellow}[%T]%f'",
        two="PROMPT=$'\\n%F{cyan}╭─%n@%m %~%f\\n╰─%# '; RPROMPT='%h'",
        menu="PROMPT='%m%% '; autoload -Uz compinit; compinit -D; zstyle ':completion:*' menu select",
    )


    def bash(name, style, steps, size, seed):
        with tempfile.TemporaryDirectory() as folder:
            files(folder)
            rc = os.path.join(folder, ".rc")
            history = os.path.join(folder, ".truth")
            with open(rc, "w") as file:
                file.write("HISTCONTROL=; HISTIGNORE=; HISTTIMEFORMAT='%%s '; HISTSIZE=5000; HISTFILE=%s\n" % history)
                file.write("PROMPT_COMMAND='history -a'; shopt -s cmdhist lithist; unset MAILCHECK\n" + BASH_PROMPTS[style] + "\n")
            memory = {program: os.path.join(folder, ".truth-" + program) for program in ("psql", "python")}
            with open(os.path.join(folder, ".start.py"), "w") as file:
                file.write("import atexit, readline\nreadline.clear_history()\natexit.register(readline.write_history_file, %r)\n" % memory["python"])
            environment = dict(SERVER, PSQL_HISTORY=memory["psql"], PAGER="cat", PYTHONSTARTUP=os.path.join(folder, ".start.py"))
            peer = Peer(name, ["/bin/bash", "--noprofile", "--rcfile", rc, "-i"], environment, size[0], size[1], r"(?:[$#>] |\[y/N\] |assword[^\n]*: |\.\.\. |>>> )$", folder, seed)
            peer.play(steps)
            text = open(history, encoding="utf-8", errors="replace").read() if os.path.exists(history) else ""
            truth = [entry.rstrip("\n") for entry in re.split(r"(?m)^#\d+\n", text)[1:]]
            if name.endswith("-nested"):
                # The shells within keep no history; their lines were typed plainly.
                truth = [step.rstrip("\r") for step in steps]
            others = {}
            for program, path in memory.items():
                if os.path.exists(path):
                    lines = open(path, encoding="utf-8").read().split("\n")
                    others[program] = [line.replace("\x01", "\n") for line in lines if line and line != "_HiStOrY_V2_"]
        return dict(others=others, name=name, shell="bash", columns=size[0], rows=size[1], records=peer.records, truth=truth, hidden=HIDDEN)


    def zsh(name, style, steps, size, seed):
        with tempfile.TemporaryDirectory() as folder:
            files(folder)
            truth_path = os.path.join(folder, ".truth")
            with open(os.path.join(folder, ".zshrc"), "w") as file:
                file.write("bindkey -e; setopt interactivecomments; unset MAILCHECK; HISTSIZE=5000\n")
                file.write("preexec() { printf '%%s\\0' \"$1\" >> %s }\n" % truth_path + ZSH_PROMPTS[style] + "\n")
            peer = Peer(name, ["/usr/bin/zsh", "-i"], dict(ZDOTDIR=folder), size[0], size[1], r"(?:[%#$>❯] (?:\s*(?:\[[\d:]+\]|\d+))?\s*|\[y/N\] |assword[^\n]*: )$", folder, seed)
            peer.play(steps)
            text = open(truth_path, "rb").read().decode("utf-8", "replace") if os.path.exists(truth_path) else ""
            truth = text.split("\0")[:-1]
        return dict(name=name, shell="zsh", columns=size[0], rows=size[1], records=peer.records, truth=truth, hidden=HIDDEN)


    def plan():
        jobs, seed = [], 1
        sizes = dict(bare=(80, 24), plain=(80, 24), fancy=(120, 40), two=(100, 30), old=(80, 24), marks=(80, 24), menu=(80, 24))
        for style in BASH_PROMPTS:
            for name, steps in list(EVERYTHING.items()) + list(BASH_ONLY.items()):
                if style in ("two", "marks", "plain") and name in BASH_ONLY: continue
                size = (40, 24) if style == "plain" and name in ("long", "wide", "edit") else sizes[style]
                if style == "old" and name == "paste": continue
                jobs.append((bash, "bash-%s-%s" % (style, name), style, steps, size, seed)); seed += 1
        for style in ZSH_PROMPTS:
            for name, steps in EVERYTHING.items():
                size = (40, 24) if style == "plain" and name in ("long", "wide", "edit") else sizes[style]
                jobs.append((zsh, "zsh-%s-%s" % (style, name), style, steps, size, seed)); seed += 1
        if SERVER:
            for style in ("bare", "fancy", "old"):
                jobs.append((bash, "bash-%s-psql" % style, style, PSQL, (100, 30), seed)); seed += 1
        return jobs


    def postgres(folder):
        """A server of its own, reached through a socket; False where there is none."""
        home = "/usr/lib/postgresql/15/bin/"
        if not os.path.exists(home + "initdb") or os.geteuid() != 0:
            return False
        os.chmod(folder, 0o777)
        run = lambda *words: subprocess.run(["runuser", "-u", "postgres", "--", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/").returncode == 0
        data = os.path.join(folder, "data")
        if not run(home + "initdb", "-N", "-A", "trust", "-D", data):
            return False
        options = "-c listen_addresses='' -c unix_socket_directories=%s -c fsync=off" % folder
        if not run(home + "pg_ctl", "-w", "-D", data, "-l", os.path.join(folder, "log"), "-o", options, "start"):
            return False
        SERVER.update(PGHOST=folder, PGUSER="postgres", PGDATABASE="postgres")
        return lambda: run(home + "pg_ctl", "-m", "immediate", "-D", data, "stop")


    def main():
        folder = tempfile.mkdtemp()
        stop = postgres(folder)
        try:
            play()
        finally:
            if stop:
                stop()
            shutil.rmtree(folder, ignore_errors=True)


    def play():
        out, wanted = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
        jobs = [job for job in plan() if re.search(wanted, job[1])]
        from concurrent.futures import ThreadPoolExecutor
        # Each session waits for its shell most of the time.
        import multiprocessing
        with multiprocessing.get_context("fork").Pool(int(os.environ.get("TYPED_JOBS", "8"))) as pool:
            results = [pool.apply_async(job[0], job[1:]) for job in jobs]
            sessions = [result.get(300) for result in results]
        with open(out, "w") as file:
            json.dump(dict(sessions=sessions), file)


    if __name__ == "__main__":
        main()
    """#
}
