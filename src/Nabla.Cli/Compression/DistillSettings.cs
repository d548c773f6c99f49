using Nabla.Compression;

namespace Nabla.Cli.Compression;

/// <summary>How a student learns from its teacher.</summary>
/// <param name="Options">What it learns.</param>
/// <param name="Training">How it is trained; the seed decides the weights and which samples have labels too.</param>
internal sealed record DistillSettings(DistillationOptions Options, FurtherTraining Training)
{
    /// <summary>Asks for a student of the teacher's architecture: self-distillation.</summary>
    public const string Same = "same";

    /// <summary>The share of a thinner student, where nothing is said.</summary>
    public const double UsualShare = 0.1;

    /// <summary>A file with the student's architecture, or <see cref="Same"/> for the teacher's; null for the teacher's made thinner.</summary>
    public string? Student { get; init; }

    /// <summary>The share of the teacher's parameters that a thinner student has.</summary>
    public double Share { get; init; } = UsualShare;

    /// <summary>How many of the samples have labels; null for all. The others are learnt from by the teacher's answers.</summary>
    public int? Labels { get; init; }

    /// <summary>How far images are shifted at random, in pixels; 0 for not at all.</summary>
    public int Shift { get; init; }
}
