using Nabla.Compression;

namespace Nabla.Cli.Compression;

/// <summary>How a student learns from its teacher.</summary>
/// <param name="Options">What it learns.</param>
/// <param name="Student">A file with its architecture, or <see cref="Same"/> for the teacher's; null for the teacher's made thinner.</param>
/// <param name="Share">The share of the teacher's parameters that a thinner student has.</param>
/// <param name="Labels">How many of the samples have labels; null for all. The others are learnt from by the teacher's answers.</param>
/// <param name="Epochs">How often all samples are learnt from.</param>
/// <param name="Batch">The samples of a step.</param>
/// <param name="LearningRate">How far one step goes at first.</param>
/// <param name="Seed">Decides the weights, the split and the order.</param>
internal sealed record DistillSettings(
    DistillationOptions Options, string? Student, double Share, int? Labels, int Epochs, int Batch, double LearningRate, long Seed)
{
    /// <summary>Asks for a student of the teacher's architecture: self-distillation.</summary>
    public const string Same = "same";
}
