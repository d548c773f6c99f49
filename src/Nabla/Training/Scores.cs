using System.Collections;
using System.Globalization;

namespace Nabla.Training;

/// <summary>How good a model is: its loss and what each metric says, by name, the loss first.</summary>
/// <example>
/// <code>
/// Scores scores = trainer.Evaluate(test);
/// Console.WriteLine($"loss {scores.Loss:F4}, accuracy {scores["accuracy"]:P2}");
/// </code>
/// </example>
public sealed class Scores : IEnumerable<KeyValuePair<string, double>>
{
    /// <summary>What the loss is called.</summary>
    public const string LossName = "loss";

    private readonly OrderedDictionary<string, double> values = [];

    /// <summary>Gathers figures.</summary>
    /// <param name="loss">The mean loss.</param>
    /// <param name="metrics">Names and figures; each name once, and none called <c>loss</c>.</param>
    /// <exception cref="ArgumentException">A name is there twice.</exception>
    public Scores(double loss, params IEnumerable<KeyValuePair<string, double>> metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        values.Add(LossName, loss);
        foreach ((string name, double value) in metrics)
        {
            values.Add(name, value);
        }
    }

    /// <summary>The mean loss over the samples, by their weights and without the penalties of regularizers.</summary>
    public double Loss => values[LossName];

    /// <summary>The names in order, the loss first.</summary>
    public IReadOnlyList<string> Names => values.Keys;

    /// <summary>A figure by name.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name; the message lists those that exist.</exception>
    public double this[string name] => values.TryGetValue(name, out double value)
        ? value
        : throw new KeyNotFoundException($"There is no score '{name}', only {string.Join(", ", values.Keys)}.");

    /// <summary>Looks for a figure.</summary>
    public bool TryGetValue(string name, out double value) => values.TryGetValue(name, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, double>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The figures in one line, such as <c>loss 0.0312  accuracy 0.9914</c>.</summary>
    public override string ToString() =>
        string.Join("  ", values.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value:G4}")));
}
