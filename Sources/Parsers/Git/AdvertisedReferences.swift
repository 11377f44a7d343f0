/// What the server said that it has.
struct AdvertisedReferences {
  private(set) var count = 0
  /// All ids that were told, for as long as all of them could be kept.
  private(set) var tips: Set<ObjectID> = []
  private(set) var isWhole = false
  private var names: [ObjectID: String] = [:]

  mutating func add(_ id: ObjectID, _ name: String) {
    // `.have` is an object of another repository that this one borrows from; `^{}` is what a tag stands for.
    let isPeeled = name.hasSuffix("^{}")
    if name != ".have", !isPeeled { count += 1 }
    guard tips.count < GitLimits.references else {
      isWhole = false
      return
    }
    tips.insert(id)
    guard name != ".have", !isPeeled else { return }
    if names[id] == nil || names[id] == "HEAD" { names[id] = name }
  }

  mutating func end() { isWhole = tips.count < GitLimits.references }

  func name(of id: ObjectID) -> String? { names[id] }
}
