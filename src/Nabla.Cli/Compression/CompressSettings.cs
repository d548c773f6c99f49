namespace Nabla.Cli.Compression;

/// <summary>What a search for a smaller model looks for.</summary>
/// <param name="MaxDrop">The accuracy that may be lost at most, as a share; of a model that answers otherwise the share by which its loss may rise.</param>
/// <param name="Target">What is to become small: one of <see cref="Targets"/>.</param>
/// <param name="Training">How a network is trained after it was changed; the seed decides the split and the weights too.</param>
internal sealed record CompressSettings(double MaxDrop, string Target, FurtherTraining Training)
{
    public const string Latency = "latency";
    public const string Size = "size";

    /// <summary>Whether a part of what is learnt from judges.</summary>
    public bool Tunes { get; init; }

    /// <summary>What can be asked for.</summary>
    public static string[] Targets { get; } = [Latency, Size];

    /// <summary>What of a model is to become small.</summary>
    public double CostOf(ModelFigures figures) => Target == Latency ? figures.Latency : figures.Bytes;
}
