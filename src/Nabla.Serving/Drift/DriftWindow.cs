using System.Globalization;
using Nabla.Formats;
using Nabla.Serving.Batching;

namespace Nabla.Serving.Drift;

/// <summary>Compares the last requests of a version, and its answers, with what its training data was like.</summary>
internal sealed class DriftWindow
{
    private readonly FeatureWindow inputs;
    private readonly FeatureWindow outputs;
    private readonly DriftOptions options;

    private DriftWindow(FeatureWindow inputs, FeatureWindow outputs, DriftOptions options) => (this.inputs, this.outputs, this.options) = (inputs, outputs, options);

    /// <summary>The window of a model; null where the model folder says nothing of its training data.</summary>
    public static DriftWindow? Of(SavedModel? model, DriftOptions options, TimeProvider time) =>
        model is { Statistics: { } statistics } && InputFeatures.Of(model) is { } input && OutputFeatures.Of(model) is { } output
            ? new DriftWindow(new FeatureWindow(input, statistics.Features, options, time), new FeatureWindow(output, statistics.Outputs, options, time), options)
            : null;

    /// <summary>Counts a request that was answered.</summary>
    public void Add(PendingRequest request, ComputedOutputs answer)
    {
        inputs.Add(request.Inputs[0].Span, request.Rows);
        outputs.Add(answer.Data[0], request.Rows);
    }

    /// <summary>How far each feature of inputs and outputs is from training; empty while there are too few rows.</summary>
    public IReadOnlyList<FeatureDrift> Scores() => [.. Scores(inputs, "input"), .. Scores(outputs, "output")];

    private IEnumerable<FeatureDrift> Scores(FeatureWindow window, string part) => window.Scores().Select(pair => new FeatureDrift(
        part,
        pair.Feature,
        pair.Rows,
        pair.Score,
        pair.Score.PopulationStabilityIndex > options.PopulationStabilityIndex || pair.Score.KolmogorovSmirnov > options.KolmogorovSmirnov));
}

/// <summary>How far a feature is from training.</summary>
/// <param name="Part">Whether it is of the input or the output.</param>
/// <param name="Feature">Its name.</param>
/// <param name="Rows">How many rows were compared.</param>
/// <param name="Score">How far it is.</param>
/// <param name="IsHigh">Whether that is above a threshold.</param>
internal sealed record FeatureDrift(string Part, string Feature, int Rows, DriftScore Score, bool IsHigh)
{
    /// <summary>This for people.</summary>
    public string Print() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Part} '{Feature}' (PSI {Score.PopulationStabilityIndex:F2}{(Score.KolmogorovSmirnov is { } statistic ? $", KS {statistic:F2}" : "")})");
}
