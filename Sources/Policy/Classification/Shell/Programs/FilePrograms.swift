import Model

/// Programs that change files.
enum FilePrograms {
  private static let editors: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(invocation.arguments, taking: "c u S T U i s w cmd")
    var judgement = ShellJudgement(invocation.name, .unknown)
    for value in arguments.operands where !value.text.hasPrefix("+") { judgement.add("write", "file", run.path(value)) }
    judgement.note("an editor: what was changed is not in the command line")
    if arguments.has("-R") {
      judgement.effect = .read
      judgement.notes = []
      judgement.resources = judgement.resources.map { Resource("read", $0.kind, $0.name) }
    }
    return judgement
  }

  private static let archiver: ShellProgram.Judge = { invocation, run in
    var words = Array(invocation.arguments)
    // `tar xzf a.tgz`: the first word may be letters without a dash.
    if let first = words.first, !first.text.hasPrefix("-"), !first.bytes.isEmpty {
      var dashed = ShellValue("-")
      dashed.append(first)
      words[0] = dashed
    }
    let arguments = ShellArguments(
      words, taking: "f C T X file directory exclude transform strip-components I use-compress-program")
    var judgement = ShellJudgement("tar", .write)
    let file = arguments.value("-f", "--file")
    let folder = arguments.value("-C", "--directory") ?? ShellValue(".")
    if arguments.has("-t", "--list") {
      judgement.effect = .read
      if let file { judgement.add("read", "file", run.path(file)) }
    } else if arguments.has("-x", "--extract", "--get") {
      if let file, file.text != "-" { judgement.add("read", "file", run.path(file)) }
      if arguments.has("-O", "--to-stdout") {
        judgement.effect = .read
      } else {
        judgement.add("write", "file", run.path(folder))
      }
    } else {
      for value in arguments.operands { judgement.add("read", "file", run.path(value)) }
      if let file, file.text != "-" { judgement.add("write", "file", run.path(file)) } else { judgement.effect = .read }
    }
    if arguments.has("--to-command", "--checkpoint-action", "--use-compress-program", "-I") {
      judgement.raise(.execute)
    }
    return judgement
  }

  private static let duplicator: ShellProgram.Judge = { invocation, run in
    var judgement = ShellJudgement("dd", .write)
    judgement.effect = .read
    for word in invocation.arguments {
      if word.text.hasPrefix("if="), !ShellRun.isDevice(String(word.text.dropFirst(3))) {
        judgement.add("read", "file", run.path(word.dropFirst(3)))
      }
      if word.text.hasPrefix("of="), !ShellRun.isDevice(String(word.text.dropFirst(3))) {
        judgement.add("write", "file", run.path(word.dropFirst(3)))
        judgement.raise(word.text.hasPrefix("of=/dev/") ? .privilege : .write)
      }
    }
    return judgement
  }

  private static let remover: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(invocation.arguments, taking: "n s iterations size")
    var judgement = ShellJudgement(invocation.name, .write)
    for value in arguments.operands { judgement.add("drop", "file", run.path(value)) }
    let names = arguments.operands.map(\.text)
    if arguments.has("-r", "-R", "--recursive"),
      names.contains(where: { ["/", "/*", "~", "~/", "*", "/home", "$HOME", "."].contains($0) })
    {
      judgement.isUnfiltered = true
      judgement.note("removes everything there")
    }
    return judgement
  }

  private static let mover: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(invocation.arguments, taking: "t S target-directory suffix")
    var judgement = ShellJudgement(invocation.name, .write)
    let target = arguments.value("-t", "--target-directory")
    for value in target == nil ? arguments.operands.dropLast() : arguments.operands[...] {
      judgement.add("drop", "file", run.path(value))
    }
    if let last = target ?? arguments.operands.last { judgement.add("write", "file", run.path(last)) }
    return judgement
  }

  static let all: [ShellProgram] = [
    ShellProgram(
      "cp install ln link pcp", .write, .sourcesThenTarget, taking: "t S m o g target-directory suffix mode owner group"
    ),
    ShellProgram("mv rename", mover),
    ShellProgram("rm rmdir unlink shred srm trash trash-put wipe", remover),
    ShellProgram(
      "mkdir touch mkfifo mktemp truncate fallocate mknod split csplit", .write, .all("write", "file"),
      taking: "m d r s t p mode date reference size l b n C suffix tmpdir"),
    ShellProgram("tee sponge", .write, .all("write", "file")),
    ShellProgram(
      "chmod chown chgrp setfacl chattr setfattr setcap setcon chcon restorecon", .privilege,
      .afterFirst("alter", "file"),
      taking: "m x M X n v modify remove"),
    ShellProgram("umask", .session),
    ShellProgram(
      "vi vim nvim nano emacs pico ed ex joe micro mcedit vimtutor code subl hx helix kak gedit visudo vipw", editors),
    ShellProgram("tar gtar bsdtar", archiver),
    ShellProgram("zip 7z 7za rar ar", .write, .all("write", "file"), taking: "x i P mx o"),
    ShellProgram("cpio", .write, .all("write", "file"), taking: "x i P mx o").reading("-t --list", letters: "iv"),
    ShellProgram("unzip", .write, .all("read", "file"), taking: "d P x", writing: "-d").reading(
      "-l -t -p -v -Z", letters: "q"),
    ShellProgram("unrar unar", .write, .all("read", "file"), taking: "d P x", writing: "-d"),
    ShellProgram(
      "gzip gunzip bzip2 bunzip2 xz unxz zstd unzstd compress uncompress pigz brotli", .write,
      .all("write", "file"),
      taking: "S T o"
    ).reading("-c -t -l --stdout --list --test --to-stdout", letters: "dfkqv123456789"),
    // Its -l is a format.
    ShellProgram("lz4", .write, .all("write", "file")).reading("-c -t --stdout --test", letters: "dfkqv123456789"),
    ShellProgram("dd", duplicator),
    ShellProgram("patch", .write, .all("write", "file"), taking: "p i d o input directory").reading("--dry-run"),
    ShellProgram("rsnapshot rdiff-backup restic borg", .write, note: "a backup"),
    ShellProgram("dos2unix unix2dos", .write, .all("write", "file")),
    ShellProgram(
      "convert magick mogrify ffmpeg sox pandoc wkhtmltopdf inkscape rsvg-convert cwebp optipng pngquant qpdf pdftk gs "
        + "soffice libreoffice latex pdflatex xelatex dot graphviz mmdc", .write, .none, taking: "i o f c",
      writing: "-o --output"),
    ShellProgram("pbcopy xclip xsel wl-copy", .session), ShellProgram("pbpaste wl-paste", .read),
    ShellProgram("cd pushd popd", .session),
  ]
}
