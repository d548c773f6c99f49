using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary>An error of the person who typed the command; its message is all they need.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>Turns the errors that users can mend into one line and an exit code.</summary>
internal static class ErrorLine
{
    public const int Failed = 1;
    public const int Cancelled = 130;

    public static async Task<int> Guard(Terminal terminal, Func<Task<int>> command)
    {
        try
        {
            return await command().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await terminal.Error.WriteLineAsync("Stopped.").ConfigureAwait(false);
            return Cancelled;
        }
        catch (Exception error) when (IsMendable(error))
        {
            Write(terminal, error);
            return Failed;
        }
        catch (Exception error) when (error.GetBaseException() is DllNotFoundException or FileNotFoundException)
        {
            Write(terminal, new UsageException("libSkiaSharp and Fonts must stand beside the program: without them no picture can be read or drawn."));
            return Failed;
        }
    }

    /// <summary>Does a part of a command; an error that its user can mend is written and does not keep the other parts from being done.</summary>
    /// <returns>Whether it went well.</returns>
    public static bool Try(Terminal terminal, Action part)
    {
        try
        {
            part();
            return true;
        }
        catch (Exception error) when (IsMendable(error))
        {
            Write(terminal, error);
            return false;
        }
    }

    /// <summary>Writes an error as one line.</summary>
    public static void Write(Terminal terminal, Exception error) => terminal.Error.WriteLine($"nabla: {error.Message.ReplaceLineEndings(" ")}");

    /// <summary>Whether the message of an error tells its user what to do, so that no stack trace is needed.</summary>
    public static bool IsMendable(Exception error) =>
        error is UsageException or IOException or UnauthorizedAccessException or FormatException or ArgumentException or TrainingException
            or PlatformNotSupportedException;
}
