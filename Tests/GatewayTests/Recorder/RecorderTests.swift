import Bytes
import Foundation
import Gateway
import Model
import TestKit
import Testing

@Suite struct RecorderTests {
  private static let samples = Sample.all.filter {
    ["postgres/psql-basics", "postgres/python-psycopg", "postgres/pgbench-prepared"].contains($0.name)
  }

  @Test(arguments: samples) func `tshark reads of a recording what it reads of the capture`(sample: Sample) throws {
    try TemporaryFolder.with { folder in
      let recording = try Recording(in: folder)
      let recorder = try recording.open()
      let replay = try SampleReplay(sample, into: recorder)
      #expect(replay.errors.isEmpty)
      try recorder.shutDown()
      let segment = recording.segment(1)
      let fields = ["-Y", "pgsql", "-T", "fields", "-e", "pgsql.type", "-e", "pgsql.query"]
      let before = try Tshark.run(["-r", sample.capture.path] + fields)
      let after = try Tshark.run(["-r", segment] + fields)
      #expect(Tshark.values(before) == Tshark.values(after))
      #expect(try Tshark.run(["-r", segment, "-Y", "tcp.analysis.flags"]).isEmpty)
      let bad = "ip.checksum.status == 0 || tcp.checksum.status == 0 || _ws.malformed"
      let checking = ["-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"]
      #expect(try Tshark.run(["-r", segment, "-Y", bad] + checking).isEmpty)
      #expect(try !Tshark.run(["-r", segment, "-Y", "json.key == \"agent\""]).isEmpty)
    }
  }
}
