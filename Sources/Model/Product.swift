/// What wrote a file, as reports name it.
public enum Product {
  public static let name = "Exhibit"
  public static let version = "0.1.0"
}
