using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Cli.Files.Comparing;

namespace Nabla.Cli.Reports;

/// <summary>How far apart the answers of two models are.</summary>
internal static class ComparisonReport
{
    /// <summary>Prints lines for people, or one of JSON.</summary>
    public static void Print(TextWriter output, Comparison comparison, InputPair[] pairs, bool json)
    {
        if (json)
        {
            output.WriteLine(ToJson(comparison).ToJsonString());
            return;
        }

        output.WriteLine($"inputs         {string.Join("; ", pairs.Select(pair => pair.Description))}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"compared       {comparison.Numbers:N0} numbers of {comparison.Runs:N0} runs"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"difference     {comparison.Largest:G3} at most, {comparison.Mean:G3} in the mean, {comparison.LargestRelative:G3} relative at most"));
        if (comparison.LeftOutputs > 0)
        {
            output.WriteLine($"outputs        the first ones; {comparison.LeftOutputs} more of one model {(comparison.LeftOutputs == 1 ? "is" : "are")} left out");
        }

        if (comparison.Agreement is { } agreement)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first class    the same in {agreement:P2} of the rows"));
        }
    }

    // JSON has no numbers that are none.
    private static JsonObject ToJson(Comparison comparison) => new()
    {
        ["runs"] = comparison.Runs,
        ["numbers"] = comparison.Numbers,
        ["maxDifference"] = ScoreText.Finite(comparison.Largest),
        ["meanDifference"] = ScoreText.Finite(comparison.Mean),
        ["maxRelativeDifference"] = ScoreText.Finite(comparison.LargestRelative),
        ["leftOutputs"] = comparison.LeftOutputs,
        ["topClassAgreement"] = comparison.Agreement,
    };
}
