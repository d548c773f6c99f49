using System.Globalization;
using System.Text;

namespace Nabla.Training;

/// <summary>The epochs of a training run.</summary>
/// <param name="Epochs">In order.</param>
public sealed record History(IReadOnlyList<EpochResult> Epochs)
{
    /// <summary>
    /// The history as CSV with a header row: <c>epoch,loss,accuracy,validation_loss,validation_accuracy,learning_rate,seconds</c>, with a
    /// column for each score. A field is empty where an epoch has no such score.
    /// </summary>
    public string ToCsv()
    {
        string[] train = Names(Epochs.Select(epoch => epoch.Train));
        string[] validation = Names(Epochs.Select(epoch => epoch.Validation));
        StringBuilder text = new(CsvHeader(train, validation));
        foreach (EpochResult epoch in Epochs)
        {
            text.Append(CsvRow(epoch, train, validation));
        }

        return text.ToString();
    }

    /// <summary>The header row for scores of the given names.</summary>
    internal static string CsvHeader(IReadOnlyList<string> train, IReadOnlyList<string> validation) =>
        string.Join(',', ["epoch", .. train, .. validation.Select(name => $"validation_{name}"), "learning_rate", "seconds"]) + "\n";

    /// <summary>The row of an epoch.</summary>
    internal static string CsvRow(EpochResult epoch, IReadOnlyList<string> train, IReadOnlyList<string> validation) => string.Join(
        ',',
        [
            Format(epoch.Epoch),
            .. train.Select(name => Field(epoch.Train, name)),
            .. validation.Select(name => Field(epoch.Validation, name)),
            Format(epoch.LearningRate),
            epoch.Seconds.ToString("F3", CultureInfo.InvariantCulture),
        ]) + "\n";

    private static string[] Names(IEnumerable<Scores?> scores) => [.. scores.SelectMany(one => one?.Names ?? []).Distinct()];

    private static string Field(Scores? scores, string name) => scores is not null && scores.TryGetValue(name, out double value) ? Format(value) : "";

    private static string Format(double value) => value.ToString(CultureInfo.InvariantCulture);
}
