namespace Nabla.Training;

/// <summary>Training cannot go on; the message says in which step and why.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>An error without a message.</summary>
    public TrainingException()
    {
    }

    /// <summary>An error with a message.</summary>
    public TrainingException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its cause.</summary>
    public TrainingException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
