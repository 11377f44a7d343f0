import Model

/// Programs that read files or say something of the system.
enum ReaderPrograms {
  static let all: [ShellProgram] = [
    ShellProgram(
      "ls dir vdir exa eza lsd du stat file readlink realpath", .read, .all("read", "file"),
      taking: "I w L P T max-depth d B level ignore-glob exclude format c f e m block-size"),
    ShellProgram(
      "cat bat batcat less more zless zcat bzcat xzcat zstdcat lz4cat tac nl od hexdump strings wc head tail cut "
        + "fold fmt pr paste join comm rev expand unexpand column md5sum sha1sum sha224sum sha256sum sha384sum sha512sum "
        + "b2sum cksum sum shasum md5 base32 base64 cmp diff diff3 sdiff colordiff tsort view jless glow pdfinfo identify "
        + "ffprobe readelf objdump nm ldd size zipinfo lsattr getfacl getfattr vmstat jsonlint xmllint tidy cloc tokei scc delta hexyl look",
      .read, .all("read", "file"),
      taking: "n c d f k s b w N t T F u C A j S I U L m p l x a e o i g output-delimiter lines bytes delimiter fields "
        + "characters context unified label exclude-from from-code to-code from to language line-range style exclude-dir",
      writing: "--output"
    ).changing("--pager", .execute, "runs a program"),
    ShellProgram("iconv", .read, .all("read", "file"), taking: "f t from-code to-code", writing: "-o --output"),
    ShellProgram("man info", .read).changing("-P --pager -H --html", .execute, "runs a program"),
    ShellProgram("swapon", .read).changing("-a --all", .privilege, nil).changingWithOperands(.privilege),
    ShellProgram("ldconfig", .write).reading("-p --print-cache"),
    ShellProgram(
      "sort", .read, .all("read", "file"), taking: "k t S T key field-separator parallel compress-program",
      writing: "-o --output"
    ).changing("--compress-program", .execute, "runs a program"),
    ShellProgram("uniq xxd pdftotext", .read, .firstReadThenWritten, taking: "f s w c l o g n x y W H"),
    ShellProgram("tree", .read, .all("read", "file"), taking: "L P I filelimit", writing: "-o"),
    ShellProgram("exiftool", .read, .all("read", "file")).changingWithWords(.write, containing: "=")
      .changing("-overwrite_original -delete_original", .write, nil),
    ShellProgram("yq", .read, .patternThenFiles(unless: "--from-file"), taking: "o p I arg")
      .changing("-i --inplace --in-place", .write, nil),
    ShellProgram("top htop btop atop", .read), ShellProgram("arp", .read).changing("-s -d", .privilege, nil),
    ShellProgram(
      "grep egrep fgrep zgrep rgrep bzgrep xzgrep rg ag ack ugrep sift", .read,
      .patternThenFiles(unless: "-e -f --regexp --file --files --type-list"),
      taking:
        "e f m A B C D d g t T j M r include exclude exclude-dir regexp file max-count after-context before-context "
        + "context color colour glob iglob type type-not max-depth sort sortr replace threads max-columns encoding engine pre"
    )
    .changing("--pre --hostname-bin --pager", .execute, "runs a program"),
    ShellProgram(
      "jq jaq gojq xq dasel fx", .read, .patternThenFiles(unless: "-f --from-file"),
      taking: "f L arg argjson slurpfile rawfile from-file indent o p I"),
    ShellProgram(
      "tr seq echo printf yes true false : sleep expr basename dirname factor numfmt tput bc dc cal test [ [[ units figlet cowsay toilet lolcat"
        + " pathchk", .read),
    ShellProgram(
      "ps pgrep pidof pstree uptime free df lsblk blkid findmnt lscpu lsmem lspci lsusb lsmod lshw dmidecode "
        + "modinfo uname arch nproc hostid whoami id groups logname who w users last lastb lastlog finger tty locale "
        + "getent getconf printenv iostat mpstat sar pidstat lsof ss netstat ifstat nstat iftop nethogs "
        + "vmstat slabtop lsns lsipc sensors upower acpi system_profiler sw_vers vm_stat "
        + "which whereis whatis apropos help type locate mlocate plocate manpath "
        + "nvidia-smi rocm-smi getcap namei pmap pwdx neofetch fastfetch screenfetch inxi dpkg-query rpmquery "
        + "apt-cache apt-file lslocks ipcs quota repquota zdump",
      .read),
    ShellProgram(
      "dig nslookup host whois ping ping6 traceroute tracepath mtr fping", .read, .all("read", "host"),
      taking: "c i t W w s p q x f k b I m n"),
    ShellProgram("tshark tcpdump ngrep wireshark", .read, .none, taking: "r i w c s G C W F f Y e T E", writing: "-w")
      .changing("-z", .execute, "runs a program"),
    ShellProgram("vimdiff zdiff bzdiff", .read, .all("read", "file")),
    ShellProgram("date", .read).changing("-s --set", .privilege, "sets the clock"),
    ShellProgram("hostname domainname", .read).changingWithOperands(.privilege),
    ShellProgram(
      "journalctl", .read, .none, taking: "u n p S U since until t o D b g unit lines priority output identifier grep"
    )
    .changing("--rotate --vacuum-size --vacuum-time --vacuum-files --flush", .write, nil),
    ShellProgram("dmesg", .read).changing("-C -c --clear --read-clear", .write, nil),
    ShellProgram("history", .session).changing("-c -d -w", .write, "changes the history"),
    ShellProgram("sysctl", .read, .none, taking: "p f w load write").changing(
      "-w -p --load --system --write", .privilege, nil
    )
    .changingWithOperands(.privilege, containing: "="),
    ShellProgram("ip ifconfig route", .read).judgingWords(
      "add del delete set flush change replace up down append link-up", .privilege, "changes the network"
    ).judgingWords("exec", .execute, "runs a program"),
    ShellProgram("timedatectl hostnamectl localectl", .read).judgingWords(
      "set-time set-timezone set-ntp set-hostname set-locale set-keymap hostname set-local-rtc", .privilege, nil),
    ShellProgram("openssl", .read, .none, writing: "-out -keyout", isLong: true),
    ShellProgram("ssh-keygen", .write, .none, taking: "t b C N P f l F R E", writing: "-f").reading(
      "-l -F", letters: "fv"),
    ShellProgram("gpg gpg2", .write, .none, taking: "o u r homedir", writing: "-o --output")
      .reading("--list-keys --list-secret-keys -k -K --verify --fingerprint"),
    ShellProgram("ssh-add", .session), ShellProgram("ssh-agent", .session),
    ShellProgram("ssh-keyscan", .read, .all("read", "host"), taking: "p t T f"),
  ]
}
