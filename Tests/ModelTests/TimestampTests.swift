import Model
import Testing

@Suite struct TimestampTests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000000000Z"), (1_732_069_443_123_456_789, "2024-11-20T02:24:03.123456789Z"),
      (-1, "1969-12-31T23:59:59.999999999Z"), (951_782_400_000_000_000, "2000-02-29T00:00:00.000000000Z"),
      (Int64.max, "2262-04-11T23:47:16.854775807Z"), (Int64.min, "1677-09-21T00:12:43.145224192Z"),
    ] as [(Int64, String)])
  func `times are RFC 3339 in UTC`(nanoseconds: Int64, text: String) {
    #expect(Timestamp(nanoseconds: nanoseconds).description == text)
  }

  @Test func `differences saturate`() {
    let difference = Timestamp(nanoseconds: .max).nanoseconds(since: Timestamp(nanoseconds: .min))
    #expect(difference == .max)
  }
}
