import Model
import Replay
import TestKit
import Testing

@Suite struct PlayerTests {
  private func player(skipsIdle: Bool = false) throws -> Player {
    let reading = SmallCase()
    return Player(try Timeline(of: reading.allSessions[0], from: reading), skipsIdle: skipsIdle)
  }

  private func wait(_ player: Player) -> Int64? {
    if case .show(_, let wait) = player.next { return wait }
    return nil
  }

  @Test func `it keeps the recorded pace, scaled`() throws {
    var player = try player()
    #expect(wait(player) == 0)
    player.shown()
    #expect(wait(player) == 2_000_000_000)
    _ = player.press(.faster)
    #expect(wait(player) == 1_000_000_000)
  }

  @Test func `idle time is skipped`() throws {
    var player = try player(skipsIdle: true)
    player.shown()
    #expect(wait(player) == Player.idleLimit)
  }

  @Test func `it pauses, steps, goes back and seeks`() throws {
    var player = try player()
    player.shown()
    _ = player.press(.pause)
    #expect(wait(player) == nil)
    _ = player.press(.forward)
    #expect(wait(player) == 0)
    player.shown()
    #expect(player.position == 2)
    _ = player.press(.back)
    #expect(player.position == 0)
    let found = player.seek(to: "ses-1.2")
    #expect(found)
    #expect(player.position == 1)
    let isOn = player.press(.quit)
    #expect(!isOn)
  }
}
