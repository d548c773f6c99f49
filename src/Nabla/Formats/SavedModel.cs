using Nabla.Data;
using Nabla.Layers;

namespace Nabla.Formats;

/// <summary>A model with what is needed to use it: what it answers, how raw data becomes its input, and where it comes from.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Network">The network.</param>
public sealed record SavedModel(string Name, Sequential Network)
{
    /// <summary>What kind of answer it gives.</summary>
    public PredictionTask Task { get; init; } = PredictionTask.Classification;

    /// <summary>The names of the classes, in the order of the outputs; empty for a regression.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The names, shapes and types of what goes in and comes out.</summary>
    public ModelSignature Signature { get; init; } = ModelSignature.Of(Network);

    /// <summary>How pictures, rows of a table or texts become inputs; null when that is the caller's concern.</summary>
    public ModelPreprocessing? Preprocessing { get; init; }

    /// <summary>How it was trained; null when that is not known.</summary>
    public TrainingRecord? Training { get; init; }

    /// <summary>
    /// What floating-point weights are stored as when it is saved: <see cref="StoredType.Float16"/> and <see cref="StoredType.BFloat16"/> take half the bytes, each
    /// weight rounded to the nearest; null for what they are. A model that is loaded has float32 weights whatever they were stored as.
    /// </summary>
    public StoredType? Floats { get; init; }

    /// <summary>What its training data and its answers to it were like; null when that is not known.</summary>
    public DataStatistics? Statistics { get; init; }

    /// <summary>The terms of its use, such as <c>CC BY 4.0</c>; null when nothing is said.</summary>
    public string? Licence { get; init; }
}

/// <summary>How raw data becomes the input of a model: one of the three, by what the model reads.</summary>
/// <param name="Image">For pictures.</param>
/// <param name="Table">For rows of a table.</param>
/// <param name="Text">For texts.</param>
/// <param name="Target">For the texts that a model answers with, where their tokens are others than those of <paramref name="Text"/>.</param>
/// <param name="Reading">For questions about passages, beside <paramref name="Text"/>.</param>
public sealed record ModelPreprocessing(
    ImagePreprocessing? Image = null,
    TablePreprocessing? Table = null,
    TextPreprocessing? Text = null,
    TextPreprocessing? Target = null,
    ReadingPreprocessing? Reading = null);
