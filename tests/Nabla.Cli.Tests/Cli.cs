using System.Text;
using Nabla.Cli.Commands;

namespace Nabla.Cli.Tests;

/// <summary>Runs the command in the test's own process, with streams of its own.</summary>
internal static class Cli
{
    public static Outcome Run(params string[] arguments) => RunWith("", arguments);

    /// <summary>Runs with a text on the standard input.</summary>
    public static Outcome RunWith(string input, params string[] arguments) => RunWith(Encoding.UTF8.GetBytes(input), arguments);

    /// <summary>Runs with bytes on the standard input.</summary>
    public static Outcome RunWith(byte[] input, params string[] arguments) => Run(input, new StringWriter(), CancellationToken.None, arguments);

    /// <summary>Runs until the output holds a text, then does what Ctrl-C does.</summary>
    public static Outcome RunUntil(string text, params string[] arguments)
    {
        using CancellationTokenSource cancellation = new();
        return Run([], new WatchedWriter(text, cancellation), cancellation.Token, arguments);
    }

    /// <summary>Runs until the output holds so many characters, then does what Ctrl-C does.</summary>
    public static Outcome RunUntilWritten(int length, params string[] arguments)
    {
        using CancellationTokenSource cancellation = new();
        return Run([], new CountingWriter(length, cancellation), cancellation.Token, arguments);
    }

    private static Outcome Run(byte[] input, StringWriter output, CancellationToken cancellationToken, string[] arguments)
    {
        StringWriter error = new();
        Terminal terminal = new(() => new MemoryStream(input), output, error, isLive: false);
        int exitCode = NablaCommand.Run(arguments, terminal, cancellationToken).GetAwaiter().GetResult();
        return new Outcome(exitCode, output.ToString(), error.ToString());
    }

    private sealed class CountingWriter(int length, CancellationTokenSource cancellation) : StringWriter
    {
        public override void Flush()
        {
            if (GetStringBuilder().Length >= length)
            {
                cancellation.Cancel();
            }
        }
    }

    private sealed class WatchedWriter(string text, CancellationTokenSource cancellation) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true)
            {
                cancellation.Cancel();
            }
        }
    }
}

/// <summary>What a command came to.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    /// <summary>The output's lines.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Sees that all went well.</summary>
    public Outcome Succeeds()
    {
        Assert.True(ExitCode == 0, Error + Output);
        Assert.Equal("", Error);
        return this;
    }

    /// <summary>Sees that one line says what is wrong, and that nothing else happened.</summary>
    public Outcome FailsWith(params string[] parts)
    {
        Assert.Equal(1, ExitCode);
        string line = Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("nabla: ", line, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, line, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", Error + Output, StringComparison.Ordinal);
        return this;
    }
}
