// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "CustomEnvironment",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "swift-ppo", path: "../..")],
  targets: [
    .executableTarget(
      name: "corridor", dependencies: [.product(name: "PPOCommand", package: "swift-ppo")]),
    .executableTarget(
      name: "training",
      dependencies: [.product(name: "PolicyOptimization", package: "swift-ppo")]),
  ],
  swiftLanguageModes: [.v6]
)
