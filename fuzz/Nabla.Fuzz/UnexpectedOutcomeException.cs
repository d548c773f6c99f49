namespace Nabla.Fuzz;

/// <summary>A reader did something else with a file than to read it or to refuse it.</summary>
/// <param name="message">What it did.</param>
/// <param name="content">The file.</param>
/// <param name="innerException">The exception that came out.</param>
public sealed class UnexpectedOutcomeException(string message, byte[] content, Exception? innerException) : Exception(message, innerException)
{
    /// <summary>The file.</summary>
    public byte[] Content => content;
}
