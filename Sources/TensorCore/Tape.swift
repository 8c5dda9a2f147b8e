import CKernels
import Requirements

/// Records a computation while it runs forwards, so that it can be run backwards any number of
/// times.
///
/// Operations on a tape's ``Variable``s compute their values at once and note a *pullback*: a
/// function that turns the gradient of their output into gradients of their inputs. One forward
/// pass may be pulled back from several outputs, or from the same ones with other weights:
///
///     let tape = Tape()
///     let x = tape.variable(Tensor(shape: [2], [3, 4]))
///     let length = squareRoot(sum(square(x)))
///     tape.pullback([(length, 1)])
///     tape.gradient(of: x)          // [0.6, 0.8]
///
/// After ``reset(parameters:)`` the same memory serves the next computation, so a training loop
/// that repeats the same shapes allocates nothing. A tape is used by one thread at a time.
public final class Tape {
  /// Propagates the gradient of a node's output to its inputs.
  ///
  /// Closures given for this must not capture anything (what they need is in the node); then
  /// recording one allocates nothing.
  typealias Pullback = (Tape, Node) -> Void

  /// A value on the tape and how it came about.
  ///
  /// It holds no reference, so that copying it is free of counting; its pullback lies apart.
  struct Node: BitwiseCopyable {
    let shape: Shape
    let value: UnsafeMutablePointer<Float>
    /// Where the gradient is collected, `nil` for a constant.
    var gradient: UnsafeMutablePointer<Float>?
    /// Whether the gradient has been written in the present pullback.
    var isGradientWritten = false
    /// Where a parameter lies in the parameter vector, −1 for all else.
    var parameterOffset = -1
    /// The positions on the tape of up to three inputs.
    var inputs = SIMD4<Int32>(repeating: -1)
    /// What the operation needs again.
    var attributes = Attributes.none
    /// What gave the value, for messages; `nil` for a leaf.
    var operation: StaticString?
  }

  /// What an operation has to remember besides its inputs.
  enum Attributes: BitwiseCopyable {
    /// Nothing.
    case none
    /// Which function of one variable; the bounds are those of a clamp.
    case unary(ck_unary, lower: Float, upper: Float)
    /// Which function of two variables.
    case binary(ck_binary)
    /// How many numbers were added up to one.
    case run(count: Int)
    /// How many numbers lie along the axis that was summed over, and how far they are apart.
    case axis(count: Int, stride: Int)
    /// Where a part begins in each run of the whole, and how long such a run is.
    case part(start: Int, stride: Int)
    /// How much of each run came from the first input and from the second.
    case parts(first: Int, second: Int)
    /// The windows of pictures, all in pixels.
    case windows(size: Int, stride: Int, padding: Int)
    /// A convolution's function, its sizes in pixels, and memory that lives as long as the recording.
    case convolution(
      ck_unary, stride: Int32, padding: Int32, memory: UnsafeMutablePointer<Float>)
    /// Numbers that live as long as the recording: indices, or values of another node.
    case numbers(UnsafePointer<Float>)
  }

  // Everything that a recording holds lies in an arena and two arrays that only grow: after the first
  // rounds nothing is allocated, and a reset costs no more than a few stores.
  private let arena = Arena()
  private var nodes: UnsafeMutablePointer<Node>
  /// How gradients flow from each node to its inputs; `nil` where none do.
  private var pullbacks: UnsafeMutablePointer<Pullback?>
  private var capacity = 64
  private(set) var count = 0
  /// How often the tape was reset, so that a variable of an earlier recording can be recognised.
  // Read for every variable, where a check for overlapping accesses would cost as much as a small
  // operation; nothing else runs while it is read or written.
  @exclusivity(unchecked) private(set) var generation: UInt32 = 0

  /// Whether operations note their pullbacks; without, a forward pass is cheaper.
  public var isRecording: Bool

  private var parameters: Buffer?
  /// Where the parameters lie: reading this counts no reference.
  private var parameterMemory: UnsafeMutablePointer<Float>?
  private var packedWeights: PackedWeights?

  // Positions, not variables, which would keep the tape alive for ever.
  /// The losses of a ``CompositeLoss`` that were recorded, in order.
  private(set) var terms: [Int] = []
  /// The outputs of last hidden layers that were recorded, in order.
  private(set) var features: [Int] = []

  /// Makes an empty tape.
  public init(isRecording: Bool = true) {
    self.isRecording = isRecording
    nodes = .allocate(capacity: capacity)
    pullbacks = .allocate(capacity: capacity)
    pullbacks.initialize(repeating: nil, count: capacity)
  }

  deinit {
    pullbacks.deinitialize(count: capacity)
    pullbacks.deallocate()
    nodes.deallocate()
  }

  /// Forgets everything that was recorded and keeps the memory.
  ///
  /// - Parameter parameters: The flat vector that ``parameter(_:)`` reads from now on.
  public func reset(parameters: Buffer? = nil) {
    reset(parameters: parameters, packed: nil)
  }

  /// Forgets everything that was recorded and keeps the memory.
  ///
  /// - Parameters:
  ///   - parameters: The flat vector that ``parameter(_:)`` reads from now on.
  ///   - packed: Copies of the weights in `parameters`, which spare layers turning them.
  package func reset(parameters: Buffer?, packed: PackedWeights?) {
    count = 0
    generation &+= 1
    terms.removeAll(keepingCapacity: true)
    features.removeAll(keepingCapacity: true)
    arena.reset()
    self.parameters = parameters
    parameterMemory = parameters?.pointer
    packedWeights = packed
  }

  // MARK: Leaves

  /// A constant; nothing flows back to it.
  public func constant(_ tensor: Tensor) -> Variable {
    let value = arena.allocate(tensor.shape.count)
    for (index, number) in tensor.numbers.enumerated() { value[index] = number }
    return append(Node(shape: tensor.shape, value: value))
  }

  /// A constant that lies in a buffer, which must live and stay as it is until
  /// ``reset(parameters:)``: nothing is copied.
  ///
  /// - Parameters:
  ///   - buffer: Where the numbers lie.
  ///   - offset: The position of the first one.
  ///   - shape: The shape.
  /// - Returns: The constant.
  /// - Precondition: The buffer holds as many numbers from there on.
  public func constant(_ buffer: Buffer, from offset: Int = 0, shape: Shape) -> Variable {
    require(
      offset >= 0 && offset + shape.count <= buffer.count,
      "A buffer of \(buffer.count) numbers does not hold \(shape) from number \(offset) on.")
    return constant(buffer.pointer + offset, shape: shape)
  }

  /// A constant in memory of the caller's, which must stay as it is until ``reset(parameters:)``.
  package func constant(_ memory: UnsafePointer<Float>, shape: Shape) -> Variable {
    append(Node(shape: shape, value: UnsafeMutablePointer(mutating: memory)))
  }

  /// A leaf whose gradient can be asked for.
  public func variable(_ tensor: Tensor) -> Variable {
    let leaf = constant(tensor)
    nodes[leaf.position].gradient = arena.allocate(tensor.shape.count)
    return leaf
  }

  /// A slice of the parameter vector; its gradient goes to the same slice of the gradient vector.
  ///
  /// - Precondition: A parameter vector was given to ``reset(parameters:)``.
  public func parameter(_ slice: ParameterSlice) -> Variable {
    guard let parameterMemory else {
      stop(
        "The tape was reset without a parameter vector, so \(slice.name) has no values.")
    }
    var node = Node(shape: slice.shape, value: parameterMemory + slice.offset)
    node.parameterOffset = slice.offset
    return append(node)
  }

  // MARK: Recording

  /// Reserves the output of an operation; its content is to be written by the caller.
  func output(_ shape: Shape, of operation: StaticString = #function) -> Variable {
    // Not set to zero: the operation writes every number.
    append(Node(shape: shape, value: arena.allocate(shape.count), operation: operation))
  }

  /// Memory that lives as long as the recording, for what an operation needs again or a constant.
  package func scratch(_ count: Int) -> UnsafeMutablePointer<Float> { arena.allocate(count) }

  /// Notes how gradients flow from an output to its inputs, unless none of them needs any.
  func record(
    _ output: Variable, _ first: Variable, _ second: Variable? = nil, _ third: Variable? = nil,
    attributes: Attributes = .none, pullback: @escaping Pullback
  ) {
    guard isRecording else { return }
    let inputs = SIMD4(
      Int32(first.position), Int32(second?.position ?? -1), Int32(third?.position ?? -1), -1)
    require(
      first.tape === self && second?.tape ?? self === self && third?.tape ?? self === self,
      "An operation was given variables of different tapes.")
    // Nothing flows back through what depends on constants alone, so it needs no gradient.
    var isNeeded = false
    for slot in 0..<3 where inputs[slot] >= 0 {
      let input = nodes[Int(inputs[slot])]
      isNeeded = isNeeded || input.gradient != nil || input.parameterOffset >= 0
    }
    guard isNeeded else { return }
    let position = output.position
    nodes[position].gradient = arena.allocate(output.shape.count)
    nodes[position].inputs = inputs
    nodes[position].attributes = attributes
    pullbacks[position] = pullback
  }

  private func append(_ node: Node) -> Variable {
    if count == capacity { grow() }
    (nodes + count).initialize(to: node)
    // The closure of an earlier recording may still be here.
    pullbacks[count] = nil
    count += 1
    return Variable(tape: self, position: count - 1)
  }

  private func grow() {
    // Closures are managed, so all places of theirs, also the empty ones, are initialised; nodes are
    // plain bytes.
    let moreNodes = UnsafeMutablePointer<Node>.allocate(capacity: 2 * capacity)
    moreNodes.moveInitialize(from: nodes, count: count)
    nodes.deallocate()
    nodes = moreNodes
    let morePullbacks = UnsafeMutablePointer<Pullback?>.allocate(capacity: 2 * capacity)
    morePullbacks.moveInitialize(from: pullbacks, count: capacity)
    (morePullbacks + capacity).initialize(repeating: nil, count: capacity)
    pullbacks.deallocate()
    pullbacks = morePullbacks
    capacity *= 2
  }

  /// The copy of a weight `[out, in]` in the order of the kernels, if there is one.
  func packedWeight(_ weight: Variable) -> UnsafePointer<Float>? {
    guard let packedWeights else { return nil }
    let node = nodes[weight.position]
    guard node.parameterOffset >= 0 else { return nil }
    return packedWeights.weight(at: node.parameterOffset, node.shape)
  }

  func node(_ variable: Variable) -> Node { nodes[variable.position] }

  func node(at position: Int) -> Node { nodes[position] }

  func pullback(at position: Int) -> Pullback? { pullbacks[position] }

  /// Records the next loss of a ``CompositeLoss``: one number for each row of the block.
  public func addTerm(_ rows: Variable) { terms.append(rows.position) }

  /// Records the output of a last hidden layer, where gradients of single losses may be taken.
  public func addFeatures(_ variable: Variable) { features.append(variable.position) }

  // MARK: Running backwards

  /// Computes the gradient of a weighted sum of outputs: `Σ weight · Σ output`.
  ///
  /// - Parameters:
  ///   - outputs: Variables and the number that each of their elements is weighted with.
  ///   - gradient: Receives, by adding, the gradient of the parameters; `nil` if not wanted.
  /// - Precondition: The gradient is as long as the parameters.
  public func pullback(
    _ outputs: [(output: Variable, weight: Float)], addingTo gradient: Buffer? = nil
  ) {
    beginPullback(addingTo: memory(of: gradient))
    for (output, weight) in outputs { seed(output.position, with: weight) }
    runBackwards()
  }

  /// Computes gradients from the gradient of one output.
  ///
  /// - Parameters:
  ///   - output: The output.
  ///   - cotangent: Its gradient.
  ///   - gradient: Receives, by adding, the gradient of the parameters; `nil` if not wanted.
  /// - Precondition: `cotangent` has the shape of `output`, and the gradient is as long as the
  ///   parameters.
  public func pullback(_ output: Variable, cotangent: Tensor, addingTo gradient: Buffer? = nil) {
    require(
      cotangent.shape == output.shape,
      "The gradient of an output of shape \(output.shape) has the shape \(cotangent.shape).")
    beginPullback(addingTo: memory(of: gradient))
    if let (memory, _) = collect(output.position) {
      for (index, number) in cotangent.numbers.enumerated() { memory[index] = number }
    }
    runBackwards()
  }

  private func memory(of gradient: Buffer?) -> UnsafeMutablePointer<Float>? {
    guard let gradient else { return nil }
    let expected = parameters?.count ?? 0
    require(
      gradient.count == expected,
      "A gradient of \(gradient.count) numbers was given for \(expected) parameters.")
    return gradient.pointer
  }

  /// Forgets the gradients of the pullback before, and lets those of parameters go to `gradient`.
  func beginPullback(addingTo gradient: UnsafeMutablePointer<Float>?) {
    for position in 0..<count {
      let offset = nodes[position].parameterOffset
      // The gradient vector holds numbers already, so parameters only ever add to it.
      nodes[position].isGradientWritten = offset >= 0
      if offset >= 0 { nodes[position].gradient = gradient.map { $0 + offset } }
    }
  }

  /// Adds `weight` to the gradient of each element of an output.
  func seed(_ position: Int, with weight: Float) {
    guard let (memory, isWritten) = collect(position) else { return }
    for index in 0..<nodes[position].shape.count {
      // An output may be seeded twice, if it is two losses at once.
      memory[index] = weight + (isWritten ? memory[index] : 0)
    }
  }

  /// Visits the recorded operations from the last to the first.
  ///
  /// - Parameter isEndingAtFeatures: Whether features are taken for leaves, so that only what
  ///   follows them is visited.
  func runBackwards(isEndingAtFeatures: Bool = false) {
    let last = isEndingAtFeatures ? features.min() ?? 0 : 0
    var position = count - 1
    while position >= last {
      let isLeaf = isEndingAtFeatures && features.contains(position)
      // What no gradient has reached does not depend on the outputs that were asked for.
      if !isLeaf, nodes[position].isGradientWritten, let pullback = pullbacks[position] {
        pullback(self, nodes[position])
      }
      position -= 1
    }
  }

  /// Where to put the gradient of an input, and whether to add to what is there; `nil` if it is not
  /// needed.
  func collect(_ position: Int) -> (memory: UnsafeMutablePointer<Float>, isWritten: Bool)? {
    guard let memory = nodes[position].gradient else { return nil }
    let isWritten = nodes[position].isGradientWritten
    nodes[position].isGradientWritten = true
    return (memory, isWritten)
  }

  /// Where to add the gradient of an input: ``collect(_:)`` for operations that can only add.
  func collectAdding(_ position: Int) -> UnsafeMutablePointer<Float>? {
    guard let (memory, isWritten) = collect(position) else { return nil }
    if !isWritten { memory.update(repeating: 0, count: nodes[position].shape.count) }
    return memory
  }

  /// The input of a node.
  func input(_ slot: Int, of node: Node) -> Node { nodes[Int(node.inputs[slot])] }

  /// The gradient that the last pullback gave a variable, zero if it did not reach it.
  ///
  /// Meant for leaves: of a layer's output it is the gradient of the sums before the activation,
  /// since ``linear(_:_:_:activation:)`` is pulled back in place.
  public func gradient(of variable: Variable) -> Tensor {
    let node = nodes[variable.position]
    guard node.isGradientWritten, let gradient = node.gradient else {
      return Tensor(shape: node.shape, repeating: 0)
    }
    return Tensor(
      shape: node.shape, Array(UnsafeBufferPointer(start: gradient, count: node.shape.count)))
  }
}
