using System.Diagnostics;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>Runs the command as a person does: in a process of its own.</summary>
internal static class CommandLine
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Nabla.Cli.dll");

    /// <summary>Kills the command as soon as it has printed a text.</summary>
    public static void RunUntil(string text, params string[] arguments)
    {
        using Process process = Start(arguments);
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        while (process.StandardOutput.ReadLine() is { } line && !line.Contains(text, StringComparison.Ordinal))
        {
        }

        process.Kill();
        process.WaitForExit();
    }

    public static (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    private static Process Start(string[] arguments) => Process.Start(new ProcessStartInfo("dotnet", [Program, .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = Repository.PathOf(string.Empty),
    })!;
}
