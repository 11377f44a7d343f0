import Model
import Testing

@testable import Replay

/// Playing by a clock that the test moves.
@Suite struct PlaybackTests {
  /// Moments at these seconds.
  private struct Beats: Moments {
    let seconds: [Double]
    var count: Int { seconds.count }
    var start: Timestamp { Timestamp(nanoseconds: 0) }
    var end: Timestamp { seconds.last.map(Self.time) ?? start }
    func time(of index: Int) -> Timestamp { Self.time(seconds[index]) }
    func index(at time: Timestamp) -> Int { seconds.firstIndex { Self.time($0) >= time } ?? count }
    static func time(_ seconds: Double) -> Timestamp { Timestamp(nanoseconds: Int64(seconds * 1e9)) }
  }

  private func playback(_ seconds: [Double], speed: Double = 1, skipsIdle: Bool = false) -> Playback<Beats> {
    var playback = Playback(Beats(seconds: seconds), speed: speed, skipsIdle: skipsIdle, idleLimit: 1_000_000_000)
    playback.advance(to: 0)
    return playback
  }

  private func seconds(_ value: Double) -> Int64 { Int64(value * 1e9) }

  @Test func `moments come at their times`() {
    var playback = playback([0, 1, 4])
    #expect(playback.position == 1)
    #expect(playback.waitForNext == seconds(1))
    playback.advance(to: seconds(0.5))
    #expect(playback.position == 1)
    #expect(playback.clock == Timestamp(nanoseconds: seconds(0.5)))
    playback.advance(to: seconds(1))
    #expect(playback.position == 2)
    playback.advance(to: seconds(3.9))
    #expect(playback.position == 2)
    playback.advance(to: seconds(9))
    #expect(playback.isAtEnd)
    #expect(playback.clock == Timestamp(nanoseconds: seconds(4)))
    #expect(playback.waitForNext == nil)
  }

  @Test func `twice the speed takes half the time, and a change holds from then on`() {
    var playback = playback([0, 8], speed: 2)
    #expect(playback.waitForNext == seconds(4))
    playback.advance(to: seconds(1))
    #expect(playback.clock == Timestamp(nanoseconds: seconds(2)))
    playback.faster()
    #expect(playback.waitForNext == seconds(1.5))
    playback.slower()
    playback.slower()
    #expect(playback.waitForNext == seconds(6))
    playback.advance(to: seconds(7))
    #expect(playback.isAtEnd)
  }

  @Test func `speeds stay within bounds`() {
    var playback = playback([0, 8], speed: .infinity)
    #expect(playback.speed == 1)
    for _ in 0..<100 { playback.faster() }
    #expect(playback.speed == 65_536)
    for _ in 0..<100 { playback.slower() }
    #expect(playback.speed == 0.0625)
    playback.setSpeed(0)
    #expect(playback.speed == 0.0625)
  }

  @Test func `a pause holds the clock, and going on does not catch up`() {
    var playback = playback([0, 2])
    playback.advance(to: seconds(1))
    playback.isPaused = true
    playback.advance(to: seconds(50))
    #expect(playback.clock == Timestamp(nanoseconds: seconds(1)))
    #expect(playback.waitForNext == nil)
    playback.isPaused = false
    playback.advance(to: seconds(60))
    #expect(playback.position == 1)
    playback.advance(to: seconds(61))
    #expect(playback.isAtEnd)
  }

  @Test func `idle time is cut to a second, and what was cut is counted`() {
    var playback = playback([0, 100, 100.5, 400], skipsIdle: true)
    #expect(playback.waitForNext == seconds(1))
    playback.advance(to: seconds(0.9))
    #expect(playback.position == 1)
    #expect(playback.skippedNanoseconds == 0)
    playback.advance(to: seconds(1))
    #expect(playback.position == 2)
    #expect(playback.clock == Timestamp(nanoseconds: seconds(100)))
    #expect(playback.skippedNanoseconds == seconds(99))
    playback.advance(to: seconds(1.5))
    #expect(playback.position == 3)
    playback.advance(to: seconds(2.5))
    #expect(playback.isAtEnd)
    #expect(playback.skippedNanoseconds == seconds(99 + 298.5))
    playback.seek(to: 0)
    #expect(playback.skippedNanoseconds == 0)
  }

  @Test func `idle time that is not skipped any more is waited for`() {
    var playback = playback([0, 100], skipsIdle: true)
    playback.advance(to: seconds(0.5))
    playback.skipsIdle = false
    #expect(playback.waitForNext == seconds(99.5))
  }

  @Test func `a place is reached at once, and is what playing would have shown`() {
    var playback = playback([0, 1, 1, 4])
    playback.seek(to: Timestamp(nanoseconds: seconds(1)))
    #expect(playback.position == 3)
    playback.seek(to: Timestamp(nanoseconds: seconds(0.9)))
    #expect(playback.position == 1)
    playback.seek(to: Timestamp(nanoseconds: .min))
    #expect(playback.clock == Timestamp(nanoseconds: 0))
    playback.seek(to: Timestamp(nanoseconds: .max))
    #expect(playback.isAtEnd)
    playback.seek(to: 2)
    #expect(playback.clock == Timestamp(nanoseconds: seconds(1)))
    playback.seek(to: -5)
    #expect(playback.position == 0)
  }

  @Test func `nothing to play is at its end`() {
    var playback = playback([])
    #expect(playback.isAtEnd)
    playback.advance(to: seconds(5))
    playback.seek(to: Timestamp(nanoseconds: 7))
    #expect(playback.position == 0)
  }
}
