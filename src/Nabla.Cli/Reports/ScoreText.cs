using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Training;

namespace Nabla.Cli.Reports;

/// <summary>Scores for people and for machines.</summary>
internal static class ScoreText
{
    private static readonly Dictionary<string, string> Titles = new() { ["mae"] = "MAE", ["rmse"] = "RMSE", ["r2"] = "R²" };

    /// <summary>All scores, the loss last, as in <c>accuracy 99.14 %  loss 0.0312</c>.</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="prefix">What stands before each name, such as <c>test </c>.</param>
    public static string Line(Scores scores, string prefix) => Join(scores.Skip(1).Concat(scores.Take(1)), prefix);

    /// <summary>The loss and the first metric, as in <c>loss 0.0312  accuracy 99.14 %</c>.</summary>
    public static string ShortLine(Scores scores) => Join(scores.Take(2), prefix: "");

    /// <summary>A score as people read it.</summary>
    public static string Format(string name, double value) => IsShare(name)
        ? value.ToString("P2", CultureInfo.InvariantCulture)
        : value.ToString(Math.Abs(value) < 1000 ? "F4" : "F1", CultureInfo.InvariantCulture);

    /// <summary>What people call a score.</summary>
    public static string Title(string name) => Titles.GetValueOrDefault(name, name);

    /// <summary>Adds each score to a line of JSON; what is not finite becomes null.</summary>
    public static void AddTo(JsonObject json, Scores? scores, string prefix = "")
    {
        foreach ((string name, double value) in scores ?? Enumerable.Empty<KeyValuePair<string, double>>())
        {
            json[prefix + name] = Finite(value);
        }
    }

    /// <summary>A number for a line of JSON, which has no word for what is not finite.</summary>
    public static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static bool IsShare(string name) =>
        name == "accuracy" || name.EndsWith("exact_match", StringComparison.Ordinal) || name.EndsWith("f1", StringComparison.Ordinal);

    private static string Join(IEnumerable<KeyValuePair<string, double>> scores, string prefix) =>
        string.Join("  ", scores.Select(score => $"{prefix}{Title(score.Key)} {Format(score.Key, score.Value)}"));
}
