using System.Diagnostics;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>Runs the command as a person does: in a process of its own.</summary>
internal static class CommandLine
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Nabla.Cli.dll");

    /// <summary>Does what Ctrl-C does as soon as the command has printed a text.</summary>
    public static (int ExitCode, string Output, string Error) Interrupt(string text, params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (process.StandardOutput.ReadLine() is { } line && !line.Contains(text, StringComparison.Ordinal))
        {
        }

        using Process kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    public static (int ExitCode, string Output, string Error) Run(params string[] arguments) => RunWith([], arguments);

    /// <summary>Runs with some environment variables, each <c>NAME=value</c>.</summary>
    public static (int ExitCode, string Output, string Error) RunWith(string[] environment, params string[] arguments)
    {
        using Process process = Start(arguments, environment);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    private static Process Start(string[] arguments, params string[] environment)
    {
        ProcessStartInfo start = new("dotnet", [Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.PathOf(string.Empty),
        };
        foreach (string[] variable in environment.Select(variable => variable.Split('=')))
        {
            start.Environment[variable[0]] = variable[1];
        }

        return Process.Start(start)!;
    }
}
