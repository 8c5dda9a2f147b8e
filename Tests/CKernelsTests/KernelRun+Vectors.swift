import CKernels

// The kernels of sums, of softmax and of optimisers.

extension KernelRun {
  static let sumRows = KernelRun("sum of rows") { kernels, size, numbers in
    [(3, size), (size, 3), (size, 2)].map { rows, columns in
      let (x, out) = (numbers.memory(rows * columns), numbers.memory(rows))
      kernels.sum_rows(out.pointer, x.pointer, rows, columns)
      return Output(out)
    }
  }

  static let sumColumns = KernelRun("sum of columns") { kernels, size, numbers in
    [(3, size, false), (size, 3, true), (size, 20, false), (4, size, true)].map {
      rows, columns, accumulate in
      let (x, out) = (numbers.memory(rows * columns), numbers.memory(columns))
      kernels.sum_columns(out.pointer, x.pointer, rows, columns, accumulate)
      return Output(out)
    }
  }

  static let logSoftmax = KernelRun("log softmax") { kernels, size, numbers in
    [(size, 5), (size, 2), (3, max(size, 1))].flatMap { rows, columns in
      let (x, y) = (numbers.memory(rows * columns), numbers.memory(rows * columns))
      let normalizer = numbers.memory(rows)
      kernels.log_softmax(y.pointer, normalizer.pointer, x.pointer, rows, columns)
      return [Output(y), Output(normalizer)]
    }
  }

  static let logSoftmaxPullback = KernelRun("log softmax pullback") { kernels, size, numbers in
    [
      (size, 5, false), (size, 5, true), (size, 2, true), (3, size, false), (3, size, true),
    ].map {
      rows, columns, accumulate in
      let count = rows * columns
      let (y, dy, dx) = (numbers.memory(count), numbers.memory(count), numbers.memory(count))
      kernels.log_softmax_pullback(
        dx.pointer, dy.pointer, y.pointer, rows, columns, accumulate)
      return Output(dx)
    }
  }

  static let sums = KernelRun("sums in double precision") { kernels, size, numbers in
    let (x, y) = (numbers.memory(size), numbers.memory(size))
    let (one, two) = (GuardedMemory([0.0, 0.0]), GuardedMemory([0.0, 0.0]))
    kernels.sums_f64(one.pointer, x.pointer, nil, size)
    kernels.sums_f64(two.pointer, x.pointer, y.pointer, size)
    return [Output(one), Output(two)]
  }

  static let addScaled = KernelRun("y += a x") { kernels, size, numbers in
    let (x, y) = (numbers.memory(size), numbers.memory(size))
    kernels.add_scaled(y.pointer, x.pointer, numbers.next(), size)
    return [Output(y)]
  }

  static let scale = KernelRun("y = a x") { kernels, size, numbers in
    let (x, y) = (numbers.memory(size), numbers.memory(size))
    kernels.scale(y.pointer, x.pointer, numbers.next(), size)
    return [Output(y)]
  }

  static let sumVectors = KernelRun("sum of vectors") { kernels, size, numbers in
    [0, 1, 5].map { count in
      let (x, out) = (numbers.memory(count * (size + 3)), numbers.memory(size))
      kernels.sum_vectors(out.pointer, x.pointer, count, size + 3, size)
      return Output(out)
    }
  }

  static let steps = [adaptiveStep] + momentumSteps

  static let adaptiveStep =
    KernelRun("adaptive step") { kernels, size, numbers in
      let (p, g) = (numbers.memory(size), numbers.memory(size))
      let (m, v) = (numbers.memory(size), numbers.memory(size))
      let rule = ck_adaptive(
        keep_first: 0.9, add_first: 0.1, keep_second: 0.999, add_second: 0.001,
        momentum_rate: 0.01, gradient_rate: 0.002,
        second_correction: 12, epsilon: 1e-5, gradient_decay: 0.1, parameter_scale: 0.99)
      kernels.adaptive_step(p.pointer, g.pointer, 0.5, m.pointer, v.pointer, size, rule)
      return [Output(p), Output(m), Output(v)]
    }

  static let orthonormalize = KernelRun("orthogonal vectors") { kernels, size, numbers in
    [(size, size), (min(size, 5), size + 3)].map { count, length in
      let vectors = GuardedMemory(numbers.array(count * length).map(Double.init))
      kernels.orthonormalize(vectors.pointer, count, length)
      return Output(vectors)
    }
  }

  static let momentumSteps = [false, true].map { isNesterov in
    KernelRun("momentum step\(isNesterov ? ", Nesterov" : "")") { kernels, size, numbers in
      let (p, g, b) = (numbers.memory(size), numbers.memory(size), numbers.memory(size))
      kernels.momentum_step(
        p.pointer, g.pointer, 0.5, b.pointer, size, 0.01, 0.9, isNesterov, 0.1)
      return [Output(p), Output(b)]
    }
  }
}
