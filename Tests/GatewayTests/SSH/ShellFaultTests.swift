import Foundation
import Model
import Synchronization
import TestKit
import Testing

@testable import Gateway

/// Recordings and targets that fail.
@Suite(.serialized, .enabled(if: ScratchSSHD.isPresent, Comment(rawValue: ScratchSSHD.absence))) struct ShellFaultTests
{
  @Test(arguments: [false, true]) func `nothing goes on before it is recorded, and nothing at all when nothing can be`(
    fails: Bool
  ) throws {
    let server = try ScratchSSHD()
    let recording = DoubtfulRecording()
    let shell = try ShellGateway(server, recording: recording)
    let control = "-o ControlPath=\(shell.path("control"))"
    _ = try shell.bash("$SSH -M -N -f \(control) $WHO")
    recording.seen.withLock { $0.isHeldBack = true }
    let file = shell.path("made")
    try shell.start("held", "$SSH \(control) $WHO 'touch \(file); echo done'")
    Thread.sleep(forTimeInterval: 2)
    #expect(!FileManager.default.fileExists(atPath: file))
    recording.release(fails ? DoubtfulRecording.Failed() : nil)
    let ended = shell.said("held")
    #expect(ended.status == (fails ? "255\n" : "0\n") && ended.text == (fails ? "" : "done\n"), "\(ended)")
    #expect(FileManager.default.fileExists(atPath: file) == !fails)
    if fails { #expect(try shell.ssh(["echo in"]).status == 255) }
    try shell.gateway.stop()
  }

  @Test func `a target that is killed ends its programs, and the client is told`() throws {
    let server = try ScratchSSHD()
    let shell = try ShellGateway(server)
    try shell.start("long", "$SSH $WHO 'echo begun; sleep 1; kill -KILL $PPID; sleep 600'")
    let ended = shell.said("long")
    #expect(ended.status == "255\n" && ended.text == "begun\n", "\(ended)")
    #expect(ended.errors.contains("exhibit: the target closed the connection"), "\(ended)")
    try shell.gateway.stop()
  }

  @Test func `the gateway goes down when what is under way is done, or at once when that takes too long`() throws {
    let server = try ScratchSSHD()
    let shell = try ShellGateway(server, limits: "hold: 20s, drain: 4s")
    try shell.start("short", "$SSH $WHO 'echo begun; sleep 1.5; echo ended'")
    try shell.start("long", "$SSH $WHO 'echo begun; sleep 600'")
    _ = (shell.said("short", "begun"), shell.said("long", "begun"))
    let began = Date()
    try shell.gateway.stop()
    #expect(Date().timeIntervalSince(began) < 30)
    #expect(shell.said("short").text == "begun\nended\n" && shell.said("short").status == "0\n")
    #expect(shell.said("long").status == "255\n")
    #expect(shell.gateway.gateway.core.sessionCount == 0)
  }
}
