using System.Diagnostics;
using System.Globalization;

namespace Nabla.Benchmarks.Processes;

/// <summary>What a program that takes training steps costs as a process.</summary>
/// <param name="FirstStep">The milliseconds from its start to the end of its first step.</param>
/// <param name="Peak">The most memory it had at a time, in 10^6 bytes.</param>
internal sealed record ProcessCost(double FirstStep, double Peak);

/// <summary>Runs programs that print a line when their first step is taken, and at the end how much memory they had.</summary>
internal static class ChildProcess
{
    /// <summary>The line behind the first step.</summary>
    public const string FirstStep = "first step";

    /// <summary>Runs a program to its end.</summary>
    public static ProcessCost Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true };

        // malloc as it is without settings: with them libtorch takes more memory.
        foreach (string variable in start.Environment.Keys.Where(name => name.StartsWith("MALLOC_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(variable);
        }

        Stopwatch watch = Stopwatch.StartNew();
        using Process process = Process.Start(start)!;
        string? line = process.StandardOutput.ReadLine();
        double first = watch.Elapsed.TotalMilliseconds;
        string rest = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return line == FirstStep && process.ExitCode == 0
            ? new ProcessCost(first, long.Parse(rest, CultureInfo.InvariantCulture) / 1e6)
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} did not take its steps: '{line}', exit code {process.ExitCode}.");
    }
}
