import EnvironmentKit
import Foundation
import NeuralNetworks
import PolicyKinds
import TensorCore
import Testing

@testable import PolicyOptimization

@Suite("Policies that look at images")
struct ImagePolicyTests {
  private func hyperparameters(
    _ adjust: (inout Hyperparameters) -> Void = { _ in }
  ) -> Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 320
    hyperparameters.environmentCount = 5
    hyperparameters.stepsPerRollout = 32
    hyperparameters.minibatchSize = 80
    hyperparameters.updateEpochs = 2
    hyperparameters.hiddenSizes = [8]
    hyperparameters.evaluationInterval = 0
    adjust(&hyperparameters)
    return hyperparameters
  }

  private func names(
    _ layout: ObservationLayout, _ encoder: ImageEncoderChoice, sharesEncoder: Bool = true,
    sharesTrunk: Bool = false
  ) throws -> [String] {
    try ActorCritic(
      observations: layout, imageEncoder: encoder, sharesEncoder: sharesEncoder,
      actionSpace: .discrete(count: 3), hiddenSizes: [8], sharesTrunk: sharesTrunk
    ).layout.slices.map { "\($0.name) \($0.shape.list)" }
  }

  @Test("have PyTorch's names and shapes of parameters")
  func parametersHaveNames() throws {
    let atari = ObservationLayout([
      .init("", shape: [84, 84, 4], element: .uint8, lowest: 0, highest: 255)
    ])
    #expect(
      try names(atari, .auto) == [
        "encoder.0.weight [32, 4, 8, 8]", "encoder.0.bias [32]",
        "encoder.1.weight [64, 32, 4, 4]", "encoder.1.bias [64]",
        "encoder.2.weight [64, 64, 3, 3]", "encoder.2.bias [64]",
        "encoder.3.weight [512, 3136]", "encoder.3.bias [512]",
        "policy.0.weight [3, 512]", "policy.0.bias [3]", "value.0.weight [1, 512]",
        "value.0.bias [1]",
      ])
    let beside = Catch(isPaddleInPicture: false).observationLayout
    #expect(
      try names(beside, .auto, sharesEncoder: false) == [
        "policy.encoder.0.weight [16, 2, 3, 3]", "policy.encoder.0.bias [16]",
        "policy.encoder.1.weight [128, 576]", "policy.encoder.1.bias [128]",
        "value.encoder.0.weight [16, 2, 3, 3]", "value.encoder.0.bias [16]",
        "value.encoder.1.weight [128, 576]", "value.encoder.1.bias [128]",
        "policy.0.weight [8, 1]", "policy.0.bias [8]", "policy.1.weight [3, 136]",
        "policy.1.bias [3]", "value.0.weight [8, 1]", "value.0.bias [8]",
        "value.1.weight [1, 136]", "value.1.bias [1]",
      ])
    #expect(
      try names(beside, .none, sharesTrunk: true).first == "trunk.0.weight [8, 129]")
  }

  @Test("are refused where an image is too small for the convolutions")
  func smallImagesAreRefused() {
    let error = #expect(throws: InvalidHyperparameter.self) {
      _ = try names(Catch().observationLayout, .nature)
    }
    #expect(error?.description.contains("8 × 8") == true)
  }

  private func bytes(
    _ environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters, threads: Int,
    pausingAfter pause: Int? = nil
  ) throws -> Data {
    var trainer = try Trainer(environment, hyperparameters, seed: 6, threads: threads)
    if let pause {
      var questions = 0
      try trainer.train(until: {
        questions += 1
        return questions > pause
      })
      #expect(!trainer.isFinished)
      let stored = try Checkpoint(trainer.checkpoint.file.data)
      trainer = try Trainer(environment, resuming: stored, threads: 1)
    }
    try trainer.train()
    return try trainer.checkpoint.file.data
  }

  @Test(
    "train to the same bytes on one and two threads, interrupted or not",
    arguments: [true, false], [true, false])
  func bytesAreEqual(isPaddleInPicture: Bool, sharesEncoder: Bool) throws {
    let environment = Catch(isPaddleInPicture: isPaddleInPicture)
    let hyperparameters = hyperparameters {
      $0.normalizesObservations = true
      $0.sharesEncoder = sharesEncoder
      $0.recurrence = isPaddleInPicture && !sharesEncoder ? .gru : nil
    }
    let expected = try bytes(environment, hyperparameters, threads: 1)
    #expect(try bytes(environment, hyperparameters, threads: 2) == expected)
    #expect(try bytes(environment, hyperparameters, threads: 1, pausingAfter: 60) == expected)
  }

  @Test("see the same in a minibatch as while they act")
  func minibatchesHoldWhatWasSeen() throws {
    let environment = Catch(isPaddleInPicture: false)
    let trainer = try Trainer(
      environment, hyperparameters { $0.normalizesObservations = true }, seed: 2, threads: 2)
    try trainer.train()
    let (rollout, tape) = (trainer.rollout, Tape(isRecording: false))
    let count = trainer.hyperparameters.minibatchSize
    trainer.minibatch.select(
      ArraySlice((0..<count).map(Int32.init)), normalizesAdvantages: false)
    tape.reset(parameters: trainer.update.parameters)
    let rows = trainer.minibatch.rows(0..<count, on: tape).observations.tensor.numbers
    let stored = try #require(rollout.storedObservations)
    let raw = Buffer(count: rollout.observationCount)
    for row in 0..<count {
      stored.read(row, into: raw.pointer)
      var expected = raw.array
      #expect(expected.dropFirst().reduce(0, +) == 255)
      let normalizer = try #require(rollout.normalizer)
      normalizer.apply(to: raw.pointer, from: raw.pointer, rows: 1)
      expected[0] = raw[0]
      #expect(Array(rows[row * 129..<(row + 1) * 129]) == expected)
    }
  }

  @Test("keep bytes in at most 1.2 times their size")
  func rolloutsAreSmall() throws {
    let rollout = Rollout(
      steps: 128, environments: 8, observationCount: 128, layout: Catch().observationLayout,
      actionCount: 1, normalizesObservations: false, choiceCount: 0, memoryCount: 0,
      sequenceLength: 1)
    let stored = try #require(rollout.storedObservations)
    let size = stored.byteCountInMemory + rollout.rawObservations.count * 4
    #expect(Double(size) <= 1.2 * Double(128 * 8 * 128))
  }

  @Test("stop with a sentence at bytes that are none")
  func wrongBytesAreRefused() throws {
    let trainer = try Trainer(
      Catch(brightness: 0.5), hyperparameters(), seed: 1, threads: 1)
    let error = #expect(throws: TrainingError.self) { try trainer.train() }
    #expect(error?.description.contains("whole numbers from 0 to 255") == true)
  }

  @Test(
    "learn to catch a ball that they see",
    .enabled(if: isOptimized, "Learning needs an optimised build: swift test -c release"),
    arguments: [true, false])
  func learns(isPaddleInPicture: Bool) throws {
    let environment = Catch(isPaddleInPicture: isPaddleInPicture)
    let hyperparameters = hyperparameters {
      $0.totalTimesteps = 100_000
      $0.environmentCount = 16
      $0.stepsPerRollout = 64
      $0.minibatchSize = 256
      $0.updateEpochs = 8
      $0.normalizesObservations = true
      $0.learningRate = 1e-3
      $0.hiddenSizes = [32]
      $0.entropyCoefficient = 0.01
    }
    let trainer = try Trainer(environment, hyperparameters, seed: 1, threads: 2)
    try trainer.train()
    let evaluation = try trainer.policy.evaluate(in: environment, episodes: 100, seed: 9)
    #expect(evaluation.meanReturn > 0.8)
  }
}
