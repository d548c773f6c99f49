using Nabla.Compression;

namespace Nabla.Cli.Compression;

/// <summary>How a model is trained while its numbers are rounded.</summary>
/// <param name="Epochs">How often all samples are learnt from.</param>
/// <param name="Batch">The samples of a step.</param>
/// <param name="LearningRate">How far one step goes.</param>
internal sealed record QuantizeTraining(int Epochs, int Batch, double LearningRate);

/// <summary>How a model is quantised.</summary>
/// <param name="Method">One of <see cref="Methods"/>.</param>
/// <param name="Options">Bits, ranges and what is left out.</param>
/// <param name="Groups">Bits and groups of weights that are held in few bits.</param>
/// <param name="Samples">The samples that ranges are chosen from.</param>
/// <param name="Training">How it is trained, for the method that does.</param>
/// <param name="Seed">Decides which samples judge, and the order of training.</param>
internal sealed record QuantizeSettings(
    string Method, QuantizationOptions Options, WeightOnlyOptions Groups, int Samples, QuantizeTraining Training, long Seed)
{
    public const string Static = "static";
    public const string Dynamic = "dynamic";
    public const string Aware = "aware";
    public const string WeightOnly = "weight-only";
    public const string Half = "float16";
    public const string Brain = "bfloat16";

    /// <summary>The methods, in the order of the help.</summary>
    public static string[] Methods { get; } = [Static, Aware, Dynamic, WeightOnly, Half, Brain];

    /// <summary>The ways to choose ranges by their names.</summary>
    public static IReadOnlyDictionary<string, CalibrationMethod> Calibrations { get; } = new Dictionary<string, CalibrationMethod>
    {
        ["minmax"] = CalibrationMethod.MinMax,
        ["percentile"] = CalibrationMethod.Percentile,
        ["entropy"] = CalibrationMethod.Entropy,
        ["mse"] = CalibrationMethod.MeanSquaredError,
    };
}
