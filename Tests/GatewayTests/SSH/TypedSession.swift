import Foundation
import TestKit

@testable import Gateway

/// Somebody at a terminal: types into OpenSSH's client and waits for what is shown.
final class TypedSession {
  /// A shell that marks its prompt, as docs/gateway.md tells how.
  static let profile = #"""
    PS1='\[\e]133;A\a\]ready\$ \[\e]133;B\a\]'
    PS2='\[\e]133;A;k=s\a\]> \[\e]133;B\a\]'
    PS0='\e]133;C\a'
    PROMPT_COMMAND='printf "\e]133;D;%s\a" $?'
    unset HISTFILE
    bind 'set enable-bracketed-paste on'

    """#

  static let zshProfile = #"""
    PS1=$'%{\e]133;A\a%}ready%# %{\e]133;B\a%}'
    PS2=$'%{\e]133;A;k=s\a%}> %{\e]133;B\a%}'
    preexec() { printf '\e]133;C\a' }
    precmd() { printf '\e]133;D;%s\a' $? }
    unset HISTFILE

    """#

  private static let script = """
    import fcntl, json, os, pty, re, select, struct, sys, termios, time

    def main():
        child, terminal = pty.fork()
        if child == 0:
            os.execv(sys.argv[1], sys.argv[1:])
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
        raw, shown, seen, deadline = b"", "", 0, time.monotonic() + 40
        steps = iter(sys.stdin)
        step = next(steps, None)
        while time.monotonic() < deadline:
            while step is not None:
                wanted = json.loads(step)
                if "until" in wanted:
                    found = re.compile(wanted["until"], re.S).search(shown, seen)
                    if not found:
                        break
                    seen = found.end()
                if "send" in wanted:
                    os.write(terminal, wanted["send"].encode())
                step = next(steps, None)
            ready, _, _ = select.select([terminal], [], [], 0.1)
            if not ready:
                continue
            try:
                piece = os.read(terminal, 65536)
            except OSError:
                break
            if not piece:
                break
            raw += piece
            # As a person sees it, in the order in which it came.
            shown = re.sub(r"\\x1b\\][^\\x07]*\\x07|\\x1b\\[[0-9;?]*[@-~]|\\x1b[=>]", "", raw.decode("utf-8", "replace"))
            # What has only begun is not there yet.
            shown = shown.split("\\x1b")[0]
        else:
            shown += f"\\n(gave up at {step})"
        print(shown)
        print("status", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) if time.monotonic() < deadline else "none")

    main()
    """

  let shell: ShellGateway
  private let server: ScratchSSHD
  private let home: URL

  init(
    policy: String, mode: String = "judged", isMarked: Bool = true, approvals: Bool = false,
    files: [String: String] = [:]
  ) throws {
    home = URL(filePath: "/tmp/exhibit-home-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    let profile = isMarked ? Self.profile : "PS1='ready$ '\nunset HISTFILE\n"
    try profile.write(to: home.appending(path: ".bash_profile"), atomically: true, encoding: .utf8)
    try Self.zshProfile.write(to: home.appending(path: ".zshrc"), atomically: true, encoding: .utf8)
    server = try ScratchSSHD("SetEnv HOME=\(home.path)")
    shell = try ShellGateway(
      server, policy: policy, approvals: approvals, listener: "lines: \(mode)", files: files)
  }

  deinit { try? FileManager.default.removeItem(at: home) }

  func path(_ name: String) -> String { home.appending(path: name).path }
  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// Types step by step: a text that is waited for, and what is typed then.
  func type(_ steps: [(until: String, send: String)], command: String = "") throws -> String {
    let file = home.appending(path: "steps-\(UUID().uuidString.prefix(6))")
    let lines = try steps.map {
      String(decoding: try JSONSerialization.data(withJSONObject: ["until": $0.until, "send": $0.send]), as: UTF8.self)
    }
    try (lines.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
    try Self.script.write(to: home.appending(path: "type.py"), atomically: true, encoding: .utf8)
    return try shell.bash("/usr/bin/python3 \(path("type.py")) $SSH -tt $WHO \(command) < \(file.path)").text
  }

  /// The same beside the test.
  func start(_ name: String, _ steps: [(until: String, send: String)]) throws {
    let file = home.appending(path: "steps-\(name)")
    let lines = try steps.map {
      String(decoding: try JSONSerialization.data(withJSONObject: ["until": $0.until, "send": $0.send]), as: UTF8.self)
    }
    try (lines.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
    try Self.script.write(to: home.appending(path: "type.py"), atomically: true, encoding: .utf8)
    try shell.start(name, "/usr/bin/python3 \(path("type.py")) $SSH -tt $WHO < \(file.path)")
  }
}
