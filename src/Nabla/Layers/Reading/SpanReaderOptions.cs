namespace Nabla.Layers;

/// <summary>The sizes of a <see cref="SpanReader"/>.</summary>
public sealed record SpanReaderOptions
{
    private const int Most = 64;

    /// <summary>The places for the question's tokens.</summary>
    public required int QuestionLength { get; init; }

    /// <summary>For each feature of a token, at most 64 of them, how many values it has.</summary>
    public IReadOnlyList<int> FeatureSizes { get; init; } = [];

    /// <summary>The length of a feature's vector.</summary>
    public int FeatureSize { get; init; } = 8;

    /// <summary>The length of a token's vector.</summary>
    public int EmbeddingSize { get; init; } = 64;

    /// <summary>The numbers of a recurrent state, in each direction.</summary>
    public int HiddenSize { get; init; } = 64;

    /// <summary>The recurrent layers that read the passage, each in both directions; at most 64.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>The share of channels that is dropped while training; from 0 to below 1.</summary>
    public double Dropout { get; init; } = 0.3;

    internal void Validate()
    {
        Limits.AtLeast(1, QuestionLength);
        Limits.AtLeast(1, FeatureSize);
        Limits.AtLeast(1, EmbeddingSize);
        Limits.AtLeast(1, HiddenSize);
        Limits.AtLeast(1, Layers);
        Limits.BelowOne(Dropout);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Layers, Most, nameof(Layers));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(FeatureSizes.Count, Most, nameof(FeatureSizes));
        foreach (int size in FeatureSizes)
        {
            Limits.AtLeast(1, size, nameof(FeatureSizes));
        }
    }
}
