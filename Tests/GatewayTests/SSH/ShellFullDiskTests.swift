import Foundation
import TestKit
import Testing

@testable import Gateway

/// The recorder's disk gets full while sessions of SSH are served, and has room again.
@Suite(.serialized, .enabled(if: ScratchSSHD.isPresent, Comment(rawValue: ScratchSSHD.absence)))
struct ShellFullDiskTests {
  @Test(arguments: ["strict", "batched"])
  func `a full disk ends all connections and lets nobody in until it has room`(durability: String) throws {
    let server = try ScratchSSHD()
    let disk = ScarceDisk()
    let shell = try ShellGateway(server, durability: durability, disk: disk)
    let gateway = shell.gateway
    let done = shell.path("done")
    try shell.start("idle", "$SSH $WHO 'echo begun; sleep 90'; echo ended $?")
    #expect(shell.said("idle", "begun").text.contains("begun"))
    // On one connection, program after program.
    let control = "-o ControlPath=\(shell.path("control"))"
    _ = try shell.bash("$SSH -M -N -f \(control) $WHO")
    #expect(try shell.bash("$SSH \(control) $WHO 'echo mark-0-x >> \(done)'").status == 0)

    disk.leave(12_000)
    let filled = try shell.bash(
      "for i in $(seq 1 500); do $SSH \(control) $WHO \"echo mark-$i-x >> \(done)\" || { echo $? $i; break; }; done")
    #expect(filled.text.hasPrefix("255 "), "\(filled)")
    let ended = shell.said("idle")
    #expect(ended.text == "begun\nended 255\n", "\(ended)")

    try gateway.expectFull()
    for _ in 0..<3 { #expect(try shell.ssh(["echo refused >> \(done)"]).status == 255) }

    disk.leave(nil)
    try gateway.expectRoom()
    let later = try shell.ssh(["echo mark-later-x >> \(done); echo in"])
    #expect(later.status == 0 && later.text == "in\n", "\(later)")
    try gateway.stop()

    try gateway.expectDeclaredLoss(durability: durability)
    let marks = try String(contentsOfFile: done, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(marks.count > 1 && marks.last == "mark-later-x" && !marks.contains("refused"), "\(marks)")
    guard durability == "strict" else { return }
    let recorded = try gateway.recordedBytes()
    let missing = marks.filter { recorded.range(of: Data("echo \($0) >> ".utf8)) == nil }
    #expect(missing.isEmpty, "\(missing)")
  }
}
