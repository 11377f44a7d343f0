import Bytes
import Model

/// A commit as a mail that `git am` takes (git-format-patch(1), gitformat: mbox).
struct PatchMail {
  let commit: CommitRecord
  /// Said below the message, where `git am` passes it over.
  var notes: [String] = []

  /// The mail. What is no plain text goes in quoted-printable, so that any bytes arrive as they are and none of them
  /// reaches a terminal.
  var text: String {
    let content = content
    let isPlain = Self.isPlain(content)
    var text = "From \(commit.id.filter(\.isHexDigit).prefix(64)) Mon Sep 17 00:00:00 2001\n"
    text += "From: \(author)\nDate: \(date)\nSubject: [PATCH] \(Self.encoded(commit.subject))\nMIME-Version: 1.0\n"
    text += "Content-Type: text/plain; charset=UTF-8\n"
    text += "Content-Transfer-Encoding: \(isPlain ? "8bit" : "quoted-printable")\n\n"
    text += isPlain ? String(decoding: content, as: UTF8.self) : Self.quotedPrintable(content)
    return text + "-- \nexhibit\n\n"
  }

  private var author: String {
    let words = commit.author.unicodeScalars
    guard let open = words.lastIndex(of: "<"), words.last == ">" else { return Self.encoded(commit.author) + " <>" }
    let name = String(words[..<open]).trimmingBlanks
    let mail = String(String.UnicodeScalarView(words[open...].filter { $0.isASCII && $0.value > 0x20 }))
    let isPlain = name.utf8.allSatisfy {
      $0 == 0x20 || $0 == 0x2D || UnicodeScalar($0).properties.isAlphabetic && $0 < 0x7F
    }
    return "\(isPlain ? name : Self.encoded(name, always: true)) \(mail)"
  }

  /// RFC 5322 §3.3, without the day of the week.
  private var date: String {
    let digits = Int64(commit.zone) ?? 0
    let minutes = digits / 100 * 60 + digits % 100
    let (seconds, isLate) = commit.authoredAt.addingReportingOverflow(minutes * 60)
    let (nanoseconds, isTooLate) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let time = Timestamp(nanoseconds: isLate || isTooLate ? 0 : nanoseconds).formatted(fractionDigits: 0)
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let parts = time.prefix(10).split(separator: "-")
    let month = parts.dropFirst().first.flatMap { Int($0) } ?? 1
    return
      "\(parts.last ?? "1") \(months[(month - 1) % 12]) \(parts.first ?? "1970") \(time.dropFirst(11).prefix(8)) \(commit.zone)"
  }

  private var content: [UInt8] {
    var lines: [[UInt8]] = []
    let body = commit.message.drop { !$0.isEmpty }.drop { $0.isEmpty }
    for (index, line) in body.enumerated() {
      // Such a line would end the message, or be taken for a field of the mail's head.
      let isTaken =
        ["---", "diff -", "Index: "].contains { line.starts(with: $0.utf8) } || index == 0 && line.contains(0x3A)
      lines.append(isTaken ? [0x20] + line : line)
    }
    if !lines.isEmpty { lines.append([]) }
    lines.append(Array("---".utf8))
    lines += notes.map { Array("Note: \(TerminalText.oneLine($0))".utf8) }
    lines.append([])
    for line in commit.diff { lines.append(Self.isUntold(line) ? Self.refusal(line) : line) }
    return Array(lines.joined(separator: [0x0A])) + [0x0A]
  }

  /// Whether a line says that the content of a file is not told.
  static func isUntold(_ line: [UInt8]) -> Bool {
    line.starts(with: "Content of ".utf8) || line.starts(with: "Files ".utf8)
  }

  /// git refuses a change that names binary files without their content; it would take a change without any for done.
  private static func refusal(_ line: [UInt8]) -> [UInt8] {
    let text = String(decoding: line, as: UTF8.self)
    if text.hasPrefix("Files ") {
      return Array("Binary f\(text.dropFirst(1).replacing(" are too large to compare", with: " differ"))".utf8)
    }
    let name = text.dropFirst(11).replacing(" is not at hand", with: "")
    return Array("Binary files \(name.replacing("b/", with: "a/", maxReplacements: 1)) and \(name) differ".utf8)
  }

  private static func isPlain(_ content: [UInt8]) -> Bool {
    guard let text = content.span.validString else { return false }
    let isVisible = text.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || !TerminalText.isHidden($0) }
    return isVisible && !text.hasPrefix("From ") && !text.contains("\nFrom ")
  }

  /// RFC 2045 §6.7.
  private static func quotedPrintable(_ content: [UInt8]) -> String {
    var out = ""
    var width = 0
    for (index, byte) in content.enumerated() {
      if byte == 0x0A {
        out += "\n"
        width = 0
        continue
      }
      let isLast = index + 1 < content.count ? content[index + 1] == 0x0A : true
      // `From ` at the beginning of a line would begin another mail.
      let isPlain =
        (0x21..<0x7F).contains(byte) && byte != 0x3D && !(width == 0 && byte == 0x46)
        || (byte == 0x20 || byte == 0x09) && !isLast
      let piece =
        isPlain ? String(UnicodeScalar(byte)) : "=" + (byte < 16 ? "0" : "") + String(byte, radix: 16).uppercased()
      if width + piece.utf8.count > 75 {
        out += "=\n"
        width = 0
      }
      out += piece
      width += piece.utf8.count
    }
    return out
  }

  /// Words of a head field (RFC 2047).
  private static func encoded(_ text: String, always: Bool = false) -> String {
    let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) } && !text.contains("=?")
    if isPlain, !always { return text }
    var words: [String] = []
    var word: [UInt8] = []
    for scalar in text.unicodeScalars {
      if word.count + 4 > 45 {
        words.append("=?UTF-8?B?\(word.base64)?=")
        word = []
      }
      word += Array(String(scalar).utf8)
    }
    if !word.isEmpty { words.append("=?UTF-8?B?\(word.base64)?=") }
    return words.joined(separator: "\n ")
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    var text = Substring(self).unicodeScalars
    while text.last == " " { text.removeLast() }
    while text.first == " " { text.removeFirst() }
    return String(text)
  }
}
