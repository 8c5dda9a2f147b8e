// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "studies", targets: ["studies"]),
    .executable(name: "speed", targets: ["speed"]),
  ],
  dependencies: [
    .package(name: "swift-ppo", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
  ],
  targets: [
    .executableTarget(
      name: "studies",
      dependencies: [
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Charts", package: "swift-ppo"),
        .product(name: "ControlEnvironments", package: "swift-ppo"),
        .product(name: "ControlPresets", package: "swift-ppo"),
        .product(name: "EnvironmentKit", package: "swift-ppo"),
        .product(name: "GymnasiumEnvironments", package: "swift-ppo"),
        .product(name: "LossBalancing", package: "swift-ppo"),
        .product(name: "NeuralNetworks", package: "swift-ppo"),
        .product(name: "PolicyOptimization", package: "swift-ppo"),
        .product(name: "RandomStreams", package: "swift-ppo"),
        .product(name: "Experiments", package: "swift-ppo"),
        .product(name: "TensorCore", package: "swift-ppo"),
      ]),
    .executableTarget(
      name: "speed",
      dependencies: [
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Charts", package: "swift-ppo"),
        .product(name: "ControlEnvironments", package: "swift-ppo"),
        .product(name: "EnvironmentKit", package: "swift-ppo"),
        .product(name: "PolicyOptimization", package: "swift-ppo"),
        .product(name: "RandomStreams", package: "swift-ppo"),
        .product(name: "TensorCore", package: "swift-ppo"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
