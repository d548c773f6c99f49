using Spectre.Console;

namespace Nabla.Cli;

/// <summary>Where commands read and write: the process's own streams, or a test's.</summary>
internal sealed class Terminal
{
    // Where nobody looks at a screen, tables need not fit one.
    private const int WidthOfFile = 200;

    /// <param name="openInput">Opens the standard input.</param>
    /// <param name="output">What was asked for.</param>
    /// <param name="error">Errors, a line each.</param>
    /// <param name="isLive">Whether a person watches the output.</param>
    public Terminal(Func<Stream> openInput, TextWriter output, TextWriter error, bool isLive)
    {
        (OpenInput, Output, Error, IsLive) = (openInput, output, error, isLive);
        Console = isLive ? AnsiConsole.Console : CreatePlain(output);
    }

    /// <summary>The streams of the process.</summary>
    public static Terminal Standard { get; } = new(
        System.Console.OpenStandardInput, System.Console.Out, System.Console.Error, !System.Console.IsOutputRedirected);

    /// <summary>Opens the standard input.</summary>
    public Func<Stream> OpenInput { get; }

    /// <summary>What was asked for.</summary>
    public TextWriter Output { get; }

    /// <summary>Errors, a line each.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether a person watches the output: only then are there progress bars.</summary>
    public bool IsLive { get; }

    /// <summary>Writes tables and colours to <see cref="Output"/>.</summary>
    public IAnsiConsole Console { get; }

    private static IAnsiConsole CreatePlain(TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = WidthOfFile;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
