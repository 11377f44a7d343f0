/// What a path of the Kubernetes API names: `/apis/apps/v1/namespaces/shop/deployments/web/scale`.
struct KubernetesPath {
  var group = ""
  var version = ""
  var namespace: String?
  var resource = ""
  var name: String?
  var subresource: String?

  init?(_ segments: [String]) {
    var rest = segments[...]
    if rest.starts(with: ["api", "v1"]) {
      version = "v1"
      rest = rest.dropFirst(2)
    } else if rest.first == "apis", rest.count >= 4 {
      let parts = Array(rest.prefix(3))
      (group, version) = (parts[1], parts[2])
      rest = rest.dropFirst(3)
    } else {
      return nil
    }
    guard KubernetesPath.isVersion(version) else { return nil }
    if rest.first == "watch" { rest = rest.dropFirst() }
    if rest.first == "namespaces", rest.count >= 3, !["status", "finalize"].contains(rest[rest.startIndex + 2]) {
      namespace = rest[rest.startIndex + 1]
      rest = rest.dropFirst(2)
    }
    guard let first = rest.popFirst() else { return nil }
    resource = first
    name = rest.popFirst()
    if !rest.isEmpty { subresource = rest.joined(separator: "/") }
  }

  /// `namespace/name`, as far as they are given.
  var fullName: String { [namespace, name].compactMap(\.self).joined(separator: "/") }

  /// Whether nothing else has paths of this form: an API group of Kubernetes' own, or a resource in a namespace.
  var isTelling: Bool {
    if group.isEmpty { return namespace != nil && KubernetesPath.coreResources.contains(resource) }
    if group.hasSuffix(".k8s.io") { return true }
    return namespace != nil && (group.contains(".") || KubernetesPath.plainGroups.contains(group))
  }

  /// Whether it can be a path of Kubernetes at all.
  var isPossible: Bool {
    group.isEmpty
      ? KubernetesPath.coreResources.contains(resource)
      : group.contains(".") || KubernetesPath.plainGroups.contains(group)
  }

  /// `v1`, `v2beta1`, `v1alpha3`.
  private static func isVersion(_ text: String) -> Bool {
    guard text.first == "v" else { return false }
    let rest = text.dropFirst().drop(while: \.isNumber)
    guard rest.count < text.count - 1 else { return false }
    if rest.isEmpty { return true }
    for stage in ["alpha", "beta"] where rest.hasPrefix(stage) {
      let number = rest.dropFirst(stage.count)
      return !number.isEmpty && number.allSatisfy(\.isNumber)
    }
    return false
  }

  /// API groups of before groups had domains.
  private static let plainGroups: Set<String> = ["apps", "batch", "autoscaling", "policy", "extensions"]
  private static let coreResources: Set<String> = [
    "bindings", "componentstatuses", "configmaps", "endpoints", "events", "limitranges", "namespaces", "nodes",
    "persistentvolumeclaims", "persistentvolumes", "pods", "podtemplates", "replicationcontrollers", "resourcequotas",
    "secrets", "serviceaccounts", "services",
  ]
}
