using Nabla.Compression;

namespace Nabla.Cli.Compression;

/// <summary>How a model is quantised.</summary>
/// <param name="Method">One of <see cref="Methods"/>.</param>
/// <param name="Options">Bits, ranges and what is left out.</param>
/// <param name="Groups">Bits and groups of weights that are held in few bits.</param>
/// <param name="Samples">The samples that ranges are chosen from.</param>
/// <param name="Training">How it is trained, for the method that does.</param>
internal sealed record QuantizeSettings(
    string Method, QuantizationOptions Options, WeightOnlyOptions Groups, int Samples, FurtherTraining Training)
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
    public static IReadOnlyDictionary<string, CalibrationMethod> Calibrations { get; } = new OrderedDictionary<string, CalibrationMethod>
    {
        ["minmax"] = CalibrationMethod.MinMax,
        ["percentile"] = CalibrationMethod.Percentile,
        ["entropy"] = CalibrationMethod.Entropy,
        ["mse"] = CalibrationMethod.MeanSquaredError,
    };
}
