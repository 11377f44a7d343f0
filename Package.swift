// swift-tools-version: 6.2
import PackageDescription

// The layers of docs/architecture.md, top to bottom. A target may import only what its line grants.

func settings() -> [SwiftSetting] {
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
  ]
}

func system(_ name: String, pkgConfig: String? = nil, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func ground(_ name: String, _ needs: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: needs, swiftSettings: settings())
}

func stage(_ name: String, _ needs: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: ["Bytes", "Model"] + needs, swiftSettings: settings())
}

func sink(_ name: String, _ needs: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: ["Bytes", "Model"] + needs, swiftSettings: settings())
}

/// Its fuzzers see what its tests see.
func gateway(_ needs: [Target.Dependency]) -> Target {
  .target(
    name: "Gateway", dependencies: ["Bytes", "Model"] + needs,
    swiftSettings: settings() + (fuzzing ? [.unsafeFlags(["-enable-testing"])] : []))
}

func tests(
  _ name: String, _ needs: [String] = [], products: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  let names = Set([name, "Bytes", "Model", "TestKit"] + needs).sorted()
  return .testTarget(
    name: "\(name)Tests", dependencies: names.map { .byName(name: $0) } + products, exclude: exclude,
    swiftSettings: settings())
}

/// A libFuzzer entry point; built by scripts/fuzz.sh with `--sanitize fuzzer`.
func fuzzer(_ name: String, _ needs: [Target.Dependency]) -> Target {
  .executableTarget(
    name: "fuzz-\(name)", dependencies: ["Bytes", "Model"] + needs, path: "Tests/Fuzz/\(name)", exclude: ["seeds"],
    swiftSettings: settings() + [.unsafeFlags(["-parse-as-library"])])
}

let fuzzing = Context.environment["EXHIBIT_FUZZ"] == "1"
/// Measures one part by itself; built by Benchmarks/exchanges.sh.
let measuring = Context.environment["EXHIBIT_MEASURE"] == "1"

let package = Package(
  name: "exhibit",
  products: fuzzing ? [] : [.executable(name: "exhibit", targets: ["ExhibitCLI"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.40.0"),
  ],
  targets: [
    // Libraries of the system
    system("CArchive", pkgConfig: "libarchive", apt: "libarchive-dev"),
    system("CBrotli", pkgConfig: "libbrotlidec", apt: "libbrotli-dev"),
    system("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
    system("CJemalloc", pkgConfig: "jemalloc", apt: "libjemalloc-dev"),
    system("CPGQuery", apt: "libpg-query-dev"),
    system("CPQ", pkgConfig: "libpq", apt: "libpq-dev"),
    system("CSSH", pkgConfig: "libssh", apt: "libssh-dev"),
    system("CXML2", pkgConfig: "libxml-2.0", apt: "libxml2-dev"),
    system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
    system("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),

    // Ground
    ground("Bytes", ["CCrypto"]),
    ground("Model", ["Bytes"]),
    ground("Evidence", ["Bytes", "Model", "CCrypto"]),
    ground("SSHKeys", ["Bytes", "CCrypto"]),
    ground("Codings", ["Bytes", "CBrotli", "CZlib", "CZstd"]),
    .target(name: "Terminal", dependencies: ["Bytes", "Model"], swiftSettings: settings()),

    // Stages: they do not know each other
    stage("Captures", ["CArchive", "CZlib"]),
    stage("Streams"),
    stage("Decryption", ["CCrypto", "CZlib"]),
    stage("Importers", [.product(name: "GRDBSQLite", package: "GRDB.swift")]),
    stage("Parsers", ["Codings", "CZlib"]),
    stage("Sessions"),
    stage("Policy", ["Codings", "CPGQuery", "Evidence", "SSHKeys", .product(name: "Yams", package: "Yams")]),

    // Assembly
    .target(
      name: "Pipeline",
      dependencies: [
        "Bytes", "Model", "Evidence", "SSHKeys", "Terminal", "Captures", "Streams", "Decryption", "Importers",
        "Parsers", "Sessions", "Policy",
      ],
      swiftSettings: settings()),

    // Sinks
    sink(
      "Store",
      ["CZstd", .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift")]),
    sink("Replay", ["Terminal"]),
    sink("Reports", ["Replay", "Terminal", "CXML2", "CZlib"]),

    // In the path of clients: it records, judges and forwards
    gateway(
      [
        "Codings", "Evidence", "SSHKeys", "Importers", "Parsers", "Sessions", "Policy", "Terminal", "CCrypto", "CSSH",
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOHPACK", package: "swift-nio-http2"), .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "Yams", package: "Yams"),
      ]),

    // It opens one socket, reads a database's catalog, and only that
    .target(name: "Catalogs", dependencies: ["Model", "CPQ"], swiftSettings: settings()),

    // Command line
    .executableTarget(
      name: "ExhibitCLI",
      dependencies: [
        "Bytes", "Model", "Evidence", "SSHKeys", "Captures", "Decryption", "Policy", "Pipeline", "Store", "Replay",
        "Reports", "Catalogs", "Gateway", "CJemalloc",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings()),

    // Tests
    .target(name: "TestKit", dependencies: ["Bytes", "Model"], path: "Tests/TestKit", swiftSettings: settings()),
    tests("Bytes"),
    tests("Evidence"),
    tests("Model"),
    tests("SSHKeys"),
    tests("Terminal"),
    tests("Captures", ["CArchive"]),
    tests("Streams"),
    tests("Decryption", ["Captures", "Streams"]),
    tests("Importers", products: [.product(name: "GRDBSQLite", package: "GRDB.swift")]),
    tests("Parsers", ["Captures", "Codings", "Streams"]),
    tests("Policy", ["Codings", "SSHKeys"], products: [.product(name: "Yams", package: "Yams")]),
    tests("Catalogs", ["Policy"]),
    tests("Sessions"),
    tests("Pipeline", ["Captures", "SSHKeys", "Streams", "Decryption", "Parsers", "Sessions"]),
    tests("Store", products: [.product(name: "GRDB", package: "GRDB.swift")]),
    tests("Replay", ["Terminal"]),
    tests("Reports"),
    tests(
      "Gateway", ["Captures", "Evidence", "Pipeline", "Policy", "SSHKeys", "Store", "Streams", "Terminal"],
      products: [
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOHPACK", package: "swift-nio-http2"), .product(name: "NIOHTTP2", package: "swift-nio-http2"),
      ]),
    .testTarget(
      name: "ExhibitTests", dependencies: ["ExhibitCLI", "Evidence", "Model", "Bytes", "TestKit"],
      swiftSettings: settings()),
  ]
    + (fuzzing
      ? [
        fuzzer("captures", ["Captures"]), fuzzer("streams", ["Streams"]), fuzzer("bodies", ["Replay"]),
        fuzzer("postgres", ["Parsers"]), fuzzer("pipeline", ["Parsers"]), fuzzer("http1", ["Parsers"]),
        fuzzer("llm", ["Importers"]),
        fuzzer("tls", ["Decryption"]), fuzzer("web", ["Policy"]),
        fuzzer("http2", ["Parsers"]),
        fuzzer("websocket", ["Parsers"]), fuzzer("spdy", ["Parsers"]),
        fuzzer("classification", ["Policy"]), fuzzer("shell", ["Policy"]),
        fuzzer("ssh", ["Decryption"]), fuzzer("sshchannels", ["Parsers"]),
        fuzzer("sshrequests", ["Parsers", "Policy"]), fuzzer("sftp", ["Parsers"]),
        fuzzer("transcripts", ["Importers"]), fuzzer("transcripts2", ["Importers"]), fuzzer("expect", ["Policy"]),
        fuzzer("detectors", ["Policy"]),
        fuzzer("git", ["Parsers"]), fuzzer("player", ["Replay", "TestKit"]),
        fuzzer("terminal", ["Terminal"]), fuzzer("typing", ["Terminal"]),
        fuzzer("signatures", ["SSHKeys"]),
        fuzzer("serverlogs", ["Importers"]), fuzzer("evidencelog", ["Evidence"]),
        fuzzer("recordings", []), fuzzer("answers", ["Policy"]), fuzzer("bodymasks", ["Policy"]),
        // The gateway without its sockets; tests hold the same against it.
        .target(
          name: "Rehearsals",
          dependencies: [
            "Bytes", "Model", "Evidence", "Parsers", "Policy", "Terminal", "Gateway",
            .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
            .product(name: "NIOHPACK", package: "swift-nio-http2"),
            .product(name: "NIOHTTP2", package: "swift-nio-http2"),
          ], path: "Tests/GatewayTests/Rehearsals",
          swiftSettings: settings() + [.unsafeFlags(["-enable-testing"])]),
        fuzzer("relays", ["Rehearsals"]), fuzzer("hooks", ["Rehearsals"]), fuzzer("httplistener", ["Rehearsals"]),
        fuzzer("lines", ["Rehearsals"]),
      ] : [])
    + (measuring
      ? [
        .executableTarget(
          name: "bench-transcripts", dependencies: ["Bytes", "Model", "Importers"], path: "Benchmarks/transcripts",
          swiftSettings: settings()),
        .executableTarget(
          name: "bench-detectors", dependencies: ["Bytes", "Policy", "TestKit"], path: "Benchmarks/detectors",
          exclude: ["label.py", "traps.py", "values.py", "texts.py", "labelled.jsonl"], swiftSettings: settings()),
        .executableTarget(
          name: "bench-correlation", dependencies: ["Model", "Sessions"], path: "Benchmarks/correlation",
          swiftSettings: settings()),
        .executableTarget(
          name: "fit-weights", dependencies: ["Model", "Sessions", "Pipeline", "Store"], path: "Benchmarks/fit-weights",
          swiftSettings: settings()),
        .executableTarget(
          name: "bench-exchanges", dependencies: ["Bytes", "Model", "Captures", "Streams", "Parsers"],
          path: "Benchmarks/exchanges", swiftSettings: settings()),
        .executableTarget(
          name: "bench-decryption",
          dependencies: ["Bytes", "Model", "Captures", "Streams", "Decryption", "Parsers"],
          path: "Benchmarks/decryption", swiftSettings: settings()),
        .executableTarget(
          name: "bench-git-pack", dependencies: ["Bytes", "Model", "Parsers"], path: "Benchmarks/git-pack",
          swiftSettings: settings()),
        .executableTarget(
          name: "bench-recorder", dependencies: ["Model", "Evidence", "Gateway"], path: "Benchmarks/recorder",
          swiftSettings: settings()),
        .executableTarget(
          name: "bench-terminal", dependencies: ["Bytes", "Model", "Terminal"], path: "Benchmarks/terminal",
          swiftSettings: settings()),
      ] : [])
)

// Fuzzers are built all at once, and nothing that they do not stand on.
if fuzzing {
  let others: Set = ["Pipeline", "Store", "Reports", "Catalogs", "ExhibitCLI"]
  package.targets.removeAll { $0.type == .test || others.contains($0.name) }
}
