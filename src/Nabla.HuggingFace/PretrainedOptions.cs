namespace Nabla.HuggingFace;

/// <summary>How a model folder becomes a network.</summary>
public sealed record PretrainedOptions
{
    /// <summary>
    /// What the network answers; null for what the folder's <c>architectures</c> says. A head that the folder has no weights for begins anew and is to be
    /// trained.
    /// </summary>
    public PretrainedHead? Head { get; init; }

    /// <summary>The names of the classes of a new head; null for those of the folder. With other names than the folder's a head begins anew.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The most tokens of a text; null for as many as the model has places for.</summary>
    public int? Length { get; init => field = value is { } length ? Limits.AtLeast(1, length, nameof(Length)) : null; }

    /// <summary>Rows and columns of a picture for a network that takes any; null for what the folder says, or else 224.</summary>
    public int? ImageSize { get; init => field = value is { } size ? Limits.AtLeast(1, size, nameof(ImageSize)) : null; }

    /// <summary>Whether a classifier answers with probabilities in the place of logits, as Nabla's own ready networks do; false by default.</summary>
    public bool Probabilities { get; init; }

    /// <summary>What decides the first values of a new head.</summary>
    public long Seed { get; init; } = 1;
}
