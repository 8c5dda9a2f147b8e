/// An error that knows more than its sentence says, such as the traceback of another language.
///
/// A run's folder keeps the details in a file of their own.
public protocol DetailedError: Error {
  /// Several lines of text, or `nil` if there is no more to say.
  var details: String? { get }
}
