namespace Nabla.Cli.Reports;

/// <summary>Says on the stream of errors of how many inputs the model did not see all.</summary>
internal static class CountedWarning
{
    /// <summary>Writes a line, unless there is nothing to say.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="count">How many.</param>
    /// <param name="unit">What one is called, such as <c>sentence</c>.</param>
    /// <param name="problem">What stands behind <c>is</c> or <c>are</c>.</param>
    public static void Write(Terminal terminal, int count, string unit, string problem)
    {
        if (count > 0)
        {
            terminal.Error.WriteLine($"nabla: {count} {(count == 1 ? $"{unit} is" : $"{unit}s are")} {problem}.");
        }
    }
}
