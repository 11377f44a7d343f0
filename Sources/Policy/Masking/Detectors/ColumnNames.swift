/// What columns hold, by their names.
public enum ColumnNames {
  /// The classes that a name speaks of, in the order of `DataClass`: `customers.card_pan` of payment cards,
  /// `staff.salary` of income, `card_type` of none.
  ///
  /// Words are told apart at underscores, points, blanks and capitals; `first_name` is a name, and `name` is one only in a
  /// table of people.
  public static func classes(of name: String) -> [DataClass] { NameReading.hints(of: name).classes }
}
