using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Nabla.Serving.Audit;

/// <summary>
/// The audit log as a file, of which older parts are kept under the names <c>PATH.1</c>, <c>PATH.2</c> and so on, the newest first. A line is with the
/// operating system before the next request of the same caller is answered; lines that could not be written are counted, and the count stands before the
/// next one that can.
/// </summary>
internal sealed class AuditFile(string path, long maxBytes, int older) : ILoggerProvider
{
    private readonly Lock gate = new();
    private FileStream? stream;
    private long lost;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => categoryName == AuditLog.Category ? new Writer(this) : NullLogger.Instance;

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            Close();
        }
    }

    /// <summary>Opens the file for its owner alone, to write behind what is there.</summary>
    /// <exception cref="IOException">It cannot be written, or another server writes it.</exception>
    public static FileStream Append(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private void Write(string line)
    {
        lock (gate)
        {
            try
            {
                string before = lost > 0 ? string.Create(CultureInfo.InvariantCulture, $"{{\"lost\":{lost}}}\n") : "";
                byte[] bytes = Encoding.UTF8.GetBytes($"{before}{line}\n");
                Open(bytes.Length).Write(bytes);
                lost = 0;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                lost++;
                Close();
            }
        }
    }

    // Unbuffered: what was written stays when the process is killed.
    private FileStream Open(int more)
    {
        if (stream is null || stream.Length + more > maxBytes)
        {
            bool isFull = (stream?.Length ?? LengthOf(path)) is > 0 and { } length && length + more > maxBytes;
            Close();
            if (isFull)
            {
                Rotate();
            }

            stream = Append(path);
        }

        return stream;
    }

    private void Rotate()
    {
        if (older == 0)
        {
            File.Delete(path);
            return;
        }

        for (int number = older - 1; number >= 0; number--)
        {
            string from = number == 0 ? path : NameOf(number);
            if (File.Exists(from))
            {
                File.Move(from, NameOf(number + 1), overwrite: true);
            }
        }
    }

    private string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{path}.{number}");

    private static long LengthOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    private void Close()
    {
        stream?.Dispose();
        stream = null;
    }

    private sealed class Writer(AuditFile file) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                file.Write(formatter(state, exception));
            }
        }
    }
}
