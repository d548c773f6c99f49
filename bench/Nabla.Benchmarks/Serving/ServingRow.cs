using System.Globalization;

namespace Nabla.Benchmarks.Serving;

/// <summary>A line of the table of serving.</summary>
/// <param name="Case">What was done.</param>
/// <param name="Figure">What was measured.</param>
/// <param name="Value">What came out.</param>
/// <param name="Target">What was asked for, in words; empty where nothing was.</param>
/// <param name="Met">Whether it was reached; null where nothing was asked for.</param>
internal sealed record ServingRow(string Case, string Figure, double Value, string Target = "", bool? Met = null)
{
    /// <summary>The titles of the columns.</summary>
    public static string[] Titles { get; } = ["case", "figure", "measured", "target", "met"];

    /// <summary>The cells, the number with four digits.</summary>
    public string[] Cells => [Case, Figure, Text(Value), Target, Met switch { true => "met", false => "not met", null => string.Empty }];

    private static string Text(double value) => value >= 1000
        ? value.ToString("F0", CultureInfo.InvariantCulture)
        : value.ToString("G4", CultureInfo.InvariantCulture);
}
