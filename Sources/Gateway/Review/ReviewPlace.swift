/// Where a session leads and on whose behalf, for those who decide over its requests.
struct ReviewPlace {
  /// The target's name in the configuration.
  var target: String
  /// What is known of the prompt behind it, by name.
  var context: [(name: String, value: String)] = []
  /// Nil where the configuration does not say `estimate: true`.
  var estimator: RowEstimator?
}
