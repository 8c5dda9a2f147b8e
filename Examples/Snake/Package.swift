// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Snake",
  platforms: [.macOS(.v15)],
  traits: [.trait(name: "Viewer", description: "A window for 'watch'; needs the library SDL2.")],
  dependencies: [
    .package(
      name: "swift-ppo", path: "../..",
      traits: [.trait(name: "Viewer", condition: .when(traits: ["Viewer"]))])
  ],
  targets: [
    .executableTarget(
      name: "snake", dependencies: [.product(name: "PPOCommand", package: "swift-ppo")],
      path: "Sources")
  ],
  swiftLanguageModes: [.v6]
)
