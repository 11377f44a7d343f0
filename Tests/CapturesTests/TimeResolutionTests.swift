import Testing

@testable import Captures

@Suite struct TimeResolutionTests {
  @Test func `powers of ten and of two become nanoseconds`() {
    #expect(TimeResolution(option: 0).nanoseconds(3) == 3_000_000_000)
    #expect(TimeResolution(option: 6).nanoseconds(1_700_000_000_123_456) == 1_700_000_000_123_456_000)
    #expect(TimeResolution(option: 9).nanoseconds(1_700_000_000_123_456_789) == 1_700_000_000_123_456_789)
    #expect(TimeResolution(option: 12).nanoseconds(1_999) == 1)
    #expect(TimeResolution(option: 28).nanoseconds(.max) == 1)
    #expect(TimeResolution(option: 127).nanoseconds(.max) == 0)
    #expect(TimeResolution(option: 0x80).nanoseconds(2) == 2_000_000_000)
    #expect(TimeResolution(option: 0x80 | 1).nanoseconds(3) == 1_500_000_000)
    #expect(TimeResolution(option: 0x80 | 32).nanoseconds(1_700_000_000 << 32 | 1 << 31) == 1_700_000_000_500_000_000)
    #expect(TimeResolution(option: 0x80 | 64).nanoseconds(.max) == 999_999_999)
    #expect(TimeResolution(option: 0x80 | 127).nanoseconds(.max) == 0)
  }

  @Test func `what does not fit is no time`() {
    #expect(TimeResolution(option: 0).nanoseconds(.max) == nil)
    #expect(TimeResolution(option: 9).nanoseconds(1 << 63) == nil)
    #expect(TimeResolution(option: 0x80).nanoseconds(.max) == nil)
    #expect(TimeResolution(option: 0x80 | 10).nanoseconds(.max) == nil)
    var resolution = TimeResolution(option: 9)
    resolution.offsetSeconds = .max
    #expect(resolution.nanoseconds(0) == nil)
    resolution.offsetSeconds = -10
    #expect(resolution.nanoseconds(0) == -10_000_000_000)
  }
}
