// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "CustomEnvironment",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "swift-ppo", path: "../..")],
  targets: [
    .executableTarget(
      name: "CustomEnvironment",
      dependencies: [
        .product(name: "PolicyOptimization", package: "swift-ppo")
      ],
      path: "Sources")
  ],
  swiftLanguageModes: [.v6]
)
