namespace Nabla.Cli.Compression;

/// <summary>What a search for a smaller model looks for.</summary>
/// <param name="MaxDrop">The accuracy that may be lost at most, as a share; of a model that answers otherwise the share by which its loss may rise.</param>
/// <param name="Target">What is to become small: one of <see cref="Targets"/>.</param>
/// <param name="Epochs">How often all samples are learnt from after a network was changed.</param>
/// <param name="Batch">The samples of a step.</param>
/// <param name="LearningRate">How far one step goes at first.</param>
/// <param name="Seed">Decides the split, the weights and the order.</param>
internal sealed record CompressSettings(double MaxDrop, string Target, int Epochs, int Batch, double LearningRate, long Seed)
{
    public const string Latency = "latency";
    public const string Size = "size";

    /// <summary>What can be asked for.</summary>
    public static string[] Targets { get; } = [Latency, Size];

    /// <summary>What of a model is to become small.</summary>
    public double CostOf(ModelFigures figures) => Target == Latency ? figures.Latency : figures.Bytes;
}
