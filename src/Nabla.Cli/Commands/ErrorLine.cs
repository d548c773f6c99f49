using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary>An error of the person who typed the command; its message is all they need.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>Turns the errors that users can mend into one line and an exit code.</summary>
internal static class ErrorLine
{
    private const int Failed = 1;
    private const int Cancelled = 130;

    public static async Task<int> Guard(Func<Task<int>> command)
    {
        try
        {
            return await command().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.").ConfigureAwait(false);
            return Cancelled;
        }
        catch (Exception error) when (error is UsageException or IOException or UnauthorizedAccessException or FormatException or ArgumentException or TrainingException)
        {
            await Console.Error.WriteLineAsync($"nabla: {error.Message.ReplaceLineEndings(" ")}").ConfigureAwait(false);
            return Failed;
        }
    }
}
