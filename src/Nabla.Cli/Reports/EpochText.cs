using System.Globalization;
using Nabla.Training;

namespace Nabla.Cli.Reports;

/// <summary>Tells each epoch in a line, while a model is trained further.</summary>
internal static class EpochText
{
    /// <summary>What follows training: nothing where a machine reads.</summary>
    /// <param name="terminal">Where the lines go.</param>
    /// <param name="json">Whether a machine reads.</param>
    /// <param name="epochs">How many epochs there will be.</param>
    /// <param name="what">What the lines begin with.</param>
    public static IReadOnlyList<Callback> Follow(Terminal terminal, bool json, int epochs, string what = "epoch") => json
        ? []
        : [new LambdaCallback { EpochEnd = (_, result) => terminal.Output.WriteLine(Line(result, epochs, what)) }];

    private static string Line(EpochResult result, int epochs, string what) => string.Create(
        CultureInfo.InvariantCulture,
        $"{what} {result.Epoch}/{epochs}  {ScoreText.ShortLine(result.Train)}  validation {ScoreText.ShortLine(result.Validation!)}  {result.Seconds:F1} s");
}
