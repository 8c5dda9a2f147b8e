// swift-tools-version: 6.2
import PackageDescription

/// The C kernels are compiled for speed in every configuration, so that plain `swift test` is
/// quick, and without contraction, so that each rounding is one that the source asks for.
let kernelSettings: [CSetting] = [.unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno"])]

let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// On Linux SDL lies where every compiler looks; what pkg-config says of it there only gives warnings.
#if os(Linux)
  let packageOfSDL: String? = nil
#else
  let packageOfSDL: String? = "sdl2"
#endif

/// What pkg-config knows MPI by: `mpich` for MPICH.
let packageOfMPI = Context.environment["PPO_MPI"] ?? "ompi-c"

let package = Package(
  name: "swift-ppo",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "ppo", targets: ["ppo"]),
    .library(name: "EnvironmentKit", targets: ["EnvironmentKit"]),
    .library(name: "ControlEnvironments", targets: ["ControlEnvironments"]),
    .library(name: "GymnasiumEnvironments", targets: ["GymnasiumEnvironments"]),
    .library(name: "ControlPresets", targets: ["ControlPresets"]),
    .library(name: "PPOCommand", targets: ["PPOCommand"]),
    .library(name: "PolicyOptimization", targets: ["PolicyOptimization"]),
    .library(name: "PolicyExport", targets: ["PolicyExport"]),
    .library(name: "RolloutViewer", targets: ["RolloutViewer"]),
    .library(name: "Experiments", targets: ["Experiments"]),
    .library(name: "Charts", targets: ["Charts"]),
    .library(name: "NeuralNetworks", targets: ["NeuralNetworks"]),
    .library(name: "LossBalancing", targets: ["LossBalancing"]),
    .library(name: "TensorCore", targets: ["TensorCore"]),
    .library(name: "RandomStreams", targets: ["RandomStreams"]),
    .library(name: "StoredFiles", targets: ["StoredFiles"]),
  ],
  traits: [
    .trait(name: "Viewer", description: "Windows that show rollouts; needs the library SDL2."),
    .trait(
      name: "MPI", description: "Runs that several machines share; needs Open MPI or MPICH."),
    .default(enabledTraits: []),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    .target(name: "CKernels", exclude: ["coefficients.py"], cSettings: kernelSettings),
    .target(name: "Requirements", swiftSettings: swiftSettings),
    .target(name: "StoredFiles", swiftSettings: swiftSettings),
    .target(name: "ChildProcesses", swiftSettings: swiftSettings),
    .target(
      name: "RandomStreams", dependencies: ["CKernels", "Requirements"],
      swiftSettings: swiftSettings),
    .target(
      name: "TensorCore", dependencies: ["CKernels", "Requirements"],
      swiftSettings: swiftSettings),
    .target(
      name: "NeuralNetworks",
      dependencies: ["CKernels", "TensorCore", "RandomStreams", "Requirements"],
      swiftSettings: swiftSettings),
    .target(
      name: "LossBalancing", dependencies: ["Requirements"], swiftSettings: swiftSettings),
    .target(
      name: "EnvironmentKit", dependencies: ["RandomStreams", "Requirements"],
      swiftSettings: swiftSettings),
    .target(
      name: "ControlKernels", dependencies: ["CKernels"], path: "Environments/ControlKernels",
      cSettings: kernelSettings),
    .target(
      name: "ControlEnvironments",
      dependencies: [
        "CKernels", "ControlKernels", "EnvironmentKit", "RandomStreams", "Requirements",
      ],
      path: "Environments/Control", swiftSettings: swiftSettings),
    .target(
      name: "GymnasiumEnvironments",
      dependencies: ["ChildProcesses", "EnvironmentKit", "RandomStreams", "Requirements"],
      path: "Environments/Gymnasium", resources: [.embedInCode("worker.py")],
      swiftSettings: swiftSettings),
    .target(
      name: "PolicyOptimization",
      dependencies: [
        "CKernels", "EnvironmentKit", "LossBalancing", "NeuralNetworks", "RandomStreams",
        "Requirements", "StoredFiles", "TensorCore",
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "PolicyExport",
      dependencies: [
        "EnvironmentKit", "NeuralNetworks", "PolicyOptimization", "StoredFiles", "TensorCore",
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "ControlPresets", dependencies: ["PolicyOptimization", "TensorCore"],
      path: "Environments/Presets",
      swiftSettings: swiftSettings),
    .target(name: "Drawing", swiftSettings: swiftSettings),
    .target(
      name: "Charts", dependencies: ["Drawing", "Requirements"], swiftSettings: swiftSettings),
    .target(
      name: "Experiments",
      dependencies: [
        "Charts", "ChildProcesses", "Drawing", "EnvironmentKit", "LossBalancing",
        "PolicyOptimization",
        "RandomStreams", "Requirements", "StoredFiles", "TensorCore",
      ],
      resources: [.embedInCode("Tuning/optuna_worker.py")],
      swiftSettings: swiftSettings),
    .systemLibrary(
      name: "CMPI", pkgConfig: packageOfMPI, providers: [.apt(["libopenmpi-dev"])]),
    .target(
      name: "MessagePassing",
      dependencies: ["TensorCore", .target(name: "CMPI", condition: .when(traits: ["MPI"]))],
      swiftSettings: swiftSettings),
    .systemLibrary(
      name: "CSDL2", pkgConfig: packageOfSDL,
      providers: [.apt(["libsdl2-dev"]), .brew(["sdl2"])]),
    .target(
      name: "RolloutViewer",
      dependencies: [
        "ChildProcesses", "Drawing", "EnvironmentKit", "RandomStreams", "Requirements",
        "StoredFiles",
        .target(name: "CSDL2", condition: .when(traits: ["Viewer"])),
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "PPOCommand",
      dependencies: [
        "Charts", "EnvironmentKit", "Experiments", "LossBalancing", "MessagePassing",
        "NeuralNetworks", "PolicyExport", "PolicyOptimization", "RolloutViewer", "StoredFiles",
        "TensorCore",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "ppo",
      dependencies: [
        "ControlEnvironments", "ControlPresets", "GymnasiumEnvironments", "PPOCommand",
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "TestSupport", dependencies: ["TensorCore"], path: "Tests/TestSupport",
      swiftSettings: swiftSettings),
    .target(
      name: "PolicyKinds",
      dependencies: [
        "ControlEnvironments", "EnvironmentKit", "NeuralNetworks", "PolicyOptimization",
        "RandomStreams",
      ],
      path: "Tests/PolicyKinds", swiftSettings: swiftSettings),
    .testTarget(
      name: "CKernelsTests", dependencies: ["CKernels", "TestSupport"],
      exclude: ["AcrossProcessors"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "RequirementsTests", dependencies: ["Requirements"], swiftSettings: swiftSettings),
    .testTarget(
      name: "StoredFilesTests", dependencies: ["StoredFiles"], swiftSettings: swiftSettings),
    .testTarget(
      name: "RandomStreamsTests", dependencies: ["RandomStreams"], swiftSettings: swiftSettings),
    .testTarget(
      name: "TensorCoreTests", dependencies: ["CKernels", "TensorCore", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "NeuralNetworksTests",
      dependencies: ["CKernels", "NeuralNetworks", "RandomStreams", "TensorCore", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "LossBalancingTests", dependencies: ["LossBalancing", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "LossScalingClaimTests",
      dependencies: ["LossBalancing", "NeuralNetworks", "RandomStreams", "TensorCore"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "EnvironmentKitTests", dependencies: ["EnvironmentKit", "RandomStreams"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ControlEnvironmentsTests",
      dependencies: [
        "CKernels", "ControlEnvironments", "ControlKernels", "EnvironmentKit", "RandomStreams",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "GymnasiumEnvironmentsTests",
      dependencies: [
        "ControlEnvironments", "EnvironmentKit", "GymnasiumEnvironments", "PolicyOptimization",
        "RandomStreams", "TestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "PolicyOptimizationTests",
      dependencies: [
        "ControlEnvironments", "ControlPresets", "EnvironmentKit", "LossBalancing",
        "NeuralNetworks", "PolicyKinds", "PolicyOptimization", "RandomStreams", "StoredFiles",
        "TensorCore", "TestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "PolicyExportTests",
      dependencies: [
        "ControlEnvironments", "EnvironmentKit", "NeuralNetworks", "PolicyExport", "PolicyKinds",
        "PolicyOptimization", "RandomStreams", "TensorCore", "TestSupport",
      ],
      exclude: ["Gymnasium"], swiftSettings: swiftSettings),
    .testTarget(
      name: "ControlPresetsTests",
      dependencies: [
        "ControlEnvironments", "ControlPresets", "EnvironmentKit", "PolicyOptimization",
      ],
      swiftSettings: swiftSettings),
    .testTarget(name: "DrawingTests", dependencies: ["Drawing"], swiftSettings: swiftSettings),
    .testTarget(
      name: "ChartsTests", dependencies: ["Charts", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: [
        "Charts", "ChildProcesses", "ControlEnvironments", "Experiments", "LossBalancing",
        "PolicyOptimization",
        "RandomStreams", "StoredFiles", "TensorCore", "TestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "RolloutViewerTests",
      dependencies: [
        "ControlEnvironments", "EnvironmentKit", "PolicyOptimization", "RandomStreams",
        "RolloutViewer", "StoredFiles", "TestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "ppo", "ControlPresets", "Experiments", "MessagePassing", "PPOCommand", "NeuralNetworks",
        "PolicyOptimization", "StoredFiles", "TensorCore", "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "FuzzTests",
      dependencies: [
        "ControlEnvironments", "EnvironmentKit", "Experiments", "PPOCommand", "PolicyOptimization",
        "RandomStreams", "StoredFiles",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6]
)
