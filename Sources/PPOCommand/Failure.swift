import ArgumentParser
import EnvironmentKit
import Experiments
import Foundation
import LossBalancing
import PolicyOptimization
import RolloutViewer

/// Runs the work of a command and turns what goes wrong into one sentence and an exit status:
/// 64 for a wrong request, 1 for a run that failed, 130 for one that was asked to stop.
func reportingFailure<Result>(_ work: () throws -> Result) throws -> Result {
  do {
    return try work()
  } catch let error as UnknownEnvironment {
    throw usage(error.description)
  } catch let error as BalancerError {
    if case .unknownName(let name, let similar) = error, similar.isEmpty {
      throw usage("There is no balancer \(name); '\(program) balancers' lists those that exist.")
    }
    throw usage("\(error)")
  } catch let error as UnsupportedActionSpace {
    // There is a policy for every built-in environment, so an option has asked for another one.
    throw usage(error.description)
  } catch let error as InvalidHyperparameter {
    throw usage(error.sentence.text(naming: .options))
  } catch let error as EvaluationError where error.problem == .stopped {
    throw fail(error.description, status: 130)
  } catch let error as ViewerError where error.isAboutWindow {
    throw failure("\(error) For that: \(program) record RUN -o rollout.svg")
  } catch let error as ConfigurationError {
    throw usage(error.description)
  } catch let error as ExitCode {
    throw error
  } catch let error as SharedEnd {
    throw error
  } catch let error as ValidationError {
    throw error
  } catch let error as any CustomStringConvertible & Error {
    throw fail(error.description, status: 1)
  } catch {
    throw fail(error.localizedDescription, status: 1)
  }
}

/// A wrong request.
func usage(_ sentence: String) -> ExitCode { fail(sentence, status: 64) }

/// Reports a runtime failure, with exit status 1.
func failure(_ sentence: String) -> ExitCode { fail(sentence, status: 1) }

private func fail(_ sentence: String, status: Int32) -> ExitCode {
  tell("\(program): \(sentence)")
  return ExitCode(status)
}
