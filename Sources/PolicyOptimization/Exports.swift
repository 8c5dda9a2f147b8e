// `import PolicyOptimization` is all that a program needs to train: environments, random streams,
// networks with their tensors, balancers and stored files come with it.
@_exported import EnvironmentKit
@_exported import LossBalancing
@_exported import NeuralNetworks
@_exported import RandomStreams
@_exported import StoredFiles
@_exported import TensorCore
