using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;
using Nabla.Layers.Regularizers;

namespace Nabla.Layers;

/// <summary>
/// Vectors that are learnt for each index, such as the number of a word: from int32 or int64 <c>[batch, ...]</c> to <c>[batch, ..., size]</c>.
/// Its parameter <c>embeddings</c> has the shape <c>[vocabularySize, size]</c>, and with <see cref="Segments"/> <c>segments</c> the shape
/// <c>[segments, size]</c>.
/// </summary>
public sealed class Embedding : Layer
{
    private readonly int vocabularySize;
    private readonly int size;
    private readonly int? paddingIndex;
    private Parameter? embeddings;
    private Parameter? segments;
    private GroupedWeight? grouped;

    /// <summary>A table of vectors.</summary>
    /// <param name="vocabularySize">How many indices there are: from 0 up to, not including, this.</param>
    /// <param name="size">The length of a vector.</param>
    /// <param name="paddingIndex">The index that stands for nothing: its vector is zero and is not learnt; null for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or the padding is no index.</exception>
    public Embedding(int vocabularySize, int size, int? paddingIndex = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfNegative(paddingIndex ?? 0, nameof(paddingIndex));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(paddingIndex ?? 0, vocabularySize, nameof(paddingIndex));
        (this.vocabularySize, this.size, this.paddingIndex) = (vocabularySize, size, paddingIndex);
    }

    /// <summary>
    /// How many segments have a vector of their own, which is added to those of their indices (Devlin et al., 2019, arXiv 1810.04805); 0, the default, for
    /// none. Inputs are <c>[batch, time]</c> then.
    /// </summary>
    public int Segments { get; init => field = Limits.AtLeast(0, value, nameof(Segments)); }

    /// <summary>The index behind which the next segment begins, while there is one; null when all is the first segment.</summary>
    public int? Separator { get; init => field = value is { } index ? Limits.AtLeast(0, index, nameof(Separator)) : null; }

    /// <summary>How many indices there are.</summary>
    public int VocabularySize => vocabularySize;

    /// <summary>The first vectors; uniform from -0.05 to 0.05 by default.</summary>
    public Initializer EmbeddingsInitializer { get; init; } = new RandomUniform();

    /// <summary>The penalty on the size of the vectors; null for none.</summary>
    public Regularizer? EmbeddingsRegularizer { get; init; }

    /// <summary>The product of rows <c>[..., size]</c> with each vector: <c>[..., vocabularySize]</c>.</summary>
    internal Tensor Compare(Tensor rows) => grouped?.Multiply(rows) ?? rows.MatMul(Built(embeddings).Value, transposeRight: true);

    /// <inheritdoc/>
    public override DataType InputType => DataType.Int32;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => Segments == 0 || input?.Rank == 1 ? [.. input, size] : throw Unfit("[batch, time]", input!);

    /// <inheritdoc/>
    public override JsonObject Describe() => new()
    {
        ["vocabularySize"] = vocabularySize,
        ["size"] = size,
        ["paddingIndex"] = paddingIndex,
        ["segments"] = Segments > 0 ? Segments : null,
        ["separator"] = Separator,
        ["embeddingsInitializer"] = InitializerCatalogue.Describe(EmbeddingsInitializer),
        ["embeddingsRegularizer"] = EmbeddingsRegularizer is null ? null : RegularizerCatalogue.Describe(EmbeddingsRegularizer),
    };

    /// <summary>Behind the last index that is not padding a sequence is over.</summary>
    internal override Tensor? LengthsOf(Tensor input)
    {
        if (paddingIndex is not { } padding || input.Rank != 2)
        {
            return null;
        }

        Tensor places = Tensor.Range(1, input.Shape[1] + 1, 1);
        return (places * input.NotEqual(padding).To(DataType.Float32)).Max([1]).To(DataType.Int32);
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        if (input.DataType is not (DataType.Int32 or DataType.Int64))
        {
            throw new ArgumentException($"{Label} expects int32 or int64 indices but got {input.Type}.");
        }

        Tensor vectors = grouped?.Columns(input) ?? Built(embeddings).Value.Gather(0, input);
        Tensor known = paddingIndex is { } padding ? vectors * input.NotEqual(padding).To(vectors.DataType).ExpandDimensions(-1) : vectors;
        return segments is null ? known : known + segments.Value.Gather(0, SegmentsOf(input));
    }

    // The separators before each index, at most the last segment.
    private Tensor SegmentsOf(Tensor input)
    {
        if (Separator is not { } separator || input.Shape[-1] == 1)
        {
            return Tensor.Zeros(input.Shape, DataType.Int32);
        }

        Tensor seen = input.Equal(separator).To(DataType.Int32).CumulativeSum(axis: 1);
        Tensor before = seen.Slice(1, 0, input.Shape[1] - 1).Pad(1, 1, 0);
        return before.Minimum(Tensor.Scalar(Segments - 1));
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        if (WeightGroups is { } grouping)
        {
            grouped = RegisterGrouped("embeddings", grouping, size, vocabularySize);
        }
        else
        {
            embeddings = Register("embeddings", EmbeddingsInitializer, [vocabularySize, size], key, EmbeddingsRegularizer);
        }

        segments = Segments > 0 ? Register("segments", EmbeddingsInitializer, [Segments, size], key, EmbeddingsRegularizer) : null;
    }
}
