// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Localization",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "swift-ppo", path: "../..")],
  targets: [
    .executableTarget(
      name: "Localization",
      dependencies: [
        .product(name: "LossBalancing", package: "swift-ppo"),
        .product(name: "NeuralNetworks", package: "swift-ppo"),
        .product(name: "RandomStreams", package: "swift-ppo"),
        .product(name: "TensorCore", package: "swift-ppo"),
      ],
      path: "Sources")
  ],
  swiftLanguageModes: [.v6]
)
