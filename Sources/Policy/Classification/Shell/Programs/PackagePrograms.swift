import Model

/// Programs that install and publish packages.
enum PackagePrograms {
  private static let reads =
    "list ls show info search view outdated audit why explain check config+list config+get policy madison depends rdepends freeze tree metadata list-installed "
    + "help version bin root prefix ping whoami doctor fund licenses query pack-dry deps leaves desc uses home cat options list+-g env repo+list repoquery provides history index config+debug"

  private static func manager(
    _ names: String, taking: String = "", reading: String = "", writing: String = "", running: String = "",
    publishing: String = ""
  ) -> ShellProgram {
    Subcommands.program(
      names, taking: taking,
      [
        .init(.read, reads + " " + reading),
        .init(
          .write,
          "install i add upgrade update up remove uninstall un rm purge autoremove clean dist-upgrade full-upgrade download reinstall build-dep hold unhold mark autoclean sync lock link unlink "
            + "ci dedupe prune rebuild cache refresh init get tap untap cleanup pin unpin fetch config config+set set use create new import patch in dup "
            + writing, "package"),
        .init(
          .execute,
          "run run-script exec x dlx start test t stop restart build services dev lint format typecheck bundle "
            + running, "program"),
        .init(
          .transfer, "publish unpublish deprecate yank owner dist-tag push upload " + publishing, "package",
          access: "write"),
        .init(.session, "login logout adduser shell"),
      ])
  }

  /// `npm test`, `yarn build`: scripts of the project.
  private static func scripts(_ names: String, taking: String) -> ShellProgram {
    let plain = manager(
      names, taking: taking,
      writing:
        "pkg version shrinkwrap install-clean clean-install corepack setup global+add global+remove store+prune approve-builds",
      running: "workspace workspaces filter recursive")
    return ShellProgram(names) { invocation, run in
      // Options that choose a package of a workspace stand before the subcommand.
      let words = invocation.arguments
      var judgement = plain.judge(invocation, &run)
      if judgement.effect == .unknown, invocation.name != "npm",
        let first = ShellArguments(words, taking: taking).operands.first, first.isKnown
      {
        judgement = ShellJudgement("\(invocation.name) \(first.text)", .execute)
        judgement.add("execute", "program", first.text)
        judgement.note("a script of the project")
      } else if judgement.effect == .read, ShellArguments(words, taking: taking).operands.isEmpty,
        invocation.name == "yarn"
      {
        judgement = ShellJudgement("yarn install", .write)
      } else if judgement.effect == .execute {
        judgement.note("a script of the project")
      }
      if words.contains(where: { $0.text == "--dry-run" }), judgement.effect == .write { judgement.effect = .read }
      return judgement
    }
  }

  /// `npx tool`, `uvx tool`: known tools as they are, others as programs that are downloaded.
  private static let runner: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments, taking: "p package c call from with python w workspace", stops: true)
    guard let tool = arguments.operands.first else { return ShellJudgement(invocation.name, .execute) }
    let name = tool.text.hasPrefix("@") ? tool.text : String(tool.text.prefix { $0 != "@" })
    guard ProgramCatalog.program(name) != nil, tool.isKnown else {
      var judgement = ShellJudgement("\(invocation.name) \(name)", .execute)
      judgement.add("execute", "package", tool.text)
      judgement.note("a package's program")
      return judgement
    }
    return run.unwrap([ShellValue(name)] + arguments.operands.dropFirst(), invocation.input)
  }

  /// `poetry run x`, `uv run x`, `bundle exec x`, `conda run x`.
  private static func environment(_ names: String, taking: String, running: Set<String>, _ table: ShellProgram)
    -> ShellProgram
  {
    ShellProgram(names) { invocation, run in
      let arguments = ShellArguments(invocation.arguments, taking: taking, stops: true)
      guard let first = arguments.operands.first, running.contains(first.text) else {
        return table.judge(invocation, &run)
      }
      let inner = ShellArguments(arguments.operands.dropFirst(), taking: taking, stops: true).operands
      guard let program = inner.first else { return ShellJudgement("\(invocation.name) \(first.text)", .execute) }
      if program.text.hasSuffix(".py") {
        var judgement = ShellJudgement("\(invocation.name) run", .execute)
        judgement.add("execute", "program", run.path(program))
        return judgement
      }
      return run.unwrap(inner, invocation.input)
    }
  }

  static let all: [ShellProgram] = [
    scripts(
      "npm pnpm yarn bun", taking: "C prefix w workspace filter F registry loglevel cwd tag access otp dir reporter"),
    ShellProgram("npx bunx pnpx uvx pipx-run", runner),
    manager(
      "pip pip3 pipenv conda mamba micromamba pipx",
      taking:
        "r c e i t n p requirement constraint index-url extra-index-url target prefix name python f file find-links channel",
      reading: "inspect env+list index+versions", writing: "wheel env+create env+remove activate inject ensurepath"),
    environment(
      "uv poetry pdm hatch rye bundle bundler rbenv pyenv nvm fnm volta mise asdf direnv devbox nix-shell",
      taking: "p python with group extra directory project package m module env-file C",
      running: ["run", "exec", "r", "x"],
      manager(
        "uv", taking: "p python with group extra r requirement",
        reading:
          "pip+list pip+show pip+freeze pip+check show version python+list tool+list versions which current local global",
        writing:
          "pip+install pip+sync pip+compile pip+uninstall venv tool+install python+install tool+upgrade self export",
        running: "tool+run serve")),
    manager(
      "apt apt-get aptitude dnf yum microdnf apk zypper pacman brew port snap flatpak opkg emerge choco winget scoop xbps-install nix nix-env guix",
      taking: "o t c C f y-x root repository enablerepo disablerepo",
      reading:
        "changelog showpkg show-automatic repolist check-update list-upgrades group+list log --prefix commands list+formula",
      writing:
        "edit-sources satisfy groupinstall makecache autopurge localinstall swap module bundle+install profile config-manager upgrade-all refresh-db channel tap-pin"
    ),
    ShellProgram("dpkg", .write, .all("write", "package"), taking: "D root").reading(
      "-l -L -s -S -p --list --status --listfiles --search"),
    ShellProgram("rpm", .write, .all("write", "package"), taking: "D root").reading(
      "-q -V --query --verify", letters: "acdfgilpR"),
    ShellProgram(
      "add-apt-repository apt-key apt-mark update-alternatives alternatives dpkg-reconfigure debconf-set-selections",
      .privilege),
    manager("gem", taking: "v s", reading: "environment contents"),
    manager("composer", taking: "d", writing: "require dump-autoload create-project"),
    manager("luarocks opam cpan cpanm stack cabal mix-hex dart pub flutter", taking: ""),
    ShellProgram("twine", .transfer, .afterFirst("write", "package")).reading("--version"),
    ShellProgram("corepack n nodenv", .write),
    Subcommands.program(
      "cargo",
      taking:
        "p package features target manifest-path bin example j color profile test bench message-format target-dir",
      [
        .init(.read, "tree metadata search version help info locate-project pkgid verify-project audit outdated deny"),
        .init(
          .execute,
          "build b run r test t bench check c clippy doc rustc nextest nextest+run miri expand llvm-cov xtask watch udeps machete hack zigbuild tarpaulin insta",
          "program", access: "execute", name: "cargo"),
        .init(
          .write,
          "add remove rm update install uninstall new init clean fmt fix fetch generate-lockfile vendor package",
          "package"),
        .init(.transfer, "publish yank owner", "package"), .init(.session, "login logout"),
      ]),
    Subcommands.program(
      "go", taking: "o run tags count timeout coverprofile ldflags bench p C", isLong: true,
      [
        .init(.read, "env version list doc vet help mod+graph mod+why mod+verify tool+nm tool+cover tool+pprof"),
        .init(.execute, "build run test generate tool", "program", access: "execute", name: "go"),
        .init(
          .write,
          "get install clean fmt fix mod+tidy mod+download mod+init mod+edit mod+vendor work work+use work+sync work+init",
          "package"),
      ]),
    Subcommands.program(
      "swift", taking: "c configuration package-path scratch-path product target filter Xswiftc Xcc Xlinker",
      [
        .init(.read, "package+describe package+show-dependencies package+dump-package package+tools-version"),
        .init(.execute, "build test run package+plugin package repl", "program", access: "execute", name: "swift"),
        .init(
          .write,
          "package+init package+update package+resolve package+reset package+clean package+edit format sdk+install"),
      ]),
    Subcommands.program(
      "dotnet", taking: "c configuration f framework o output p project r runtime v verbosity filter logger",
      [
        .init(
          .execute, "build run test watch publish pack msbuild exec tool+run ef", "program", access: "execute",
          name: "dotnet"),
        .init(.read, "list sln+list nuget+list workload+list"),
        .init(.write, "add new restore clean remove sln tool+install tool+restore format workload+install dev-certs"),
        .init(.transfer, "nuget+push"),
      ]),
  ]
}
