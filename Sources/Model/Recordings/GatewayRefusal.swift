/// What a gateway makes a target refuse in the place of what it refused itself.
public enum GatewayRefusal {
  /// The statement that PostgreSQL gets, and its log tells: no grammar takes it.
  public static let statement = "exhibit refused what was to run here"
}
