using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;

namespace Nabla.Layers;

/// <summary>
/// Additive attention, from <c>[batch, time, features]</c> to <c>[batch, time, features seen]</c>: each step takes the mean of what all steps, or those of
/// <see cref="ForwardContext.Memory"/>, hold, weighted by the softmax of <c>tanh(x query + seen key) score</c> (Bahdanau et al., Neural Machine
/// Translation by Jointly Learning to Align and Translate, 2014, arXiv 1409.0473). Steps behind <see cref="ForwardContext.Lengths"/> are not seen. With a
/// <see cref="ForwardContext.State"/> those of earlier passes are kept and seen too. Unlike <see cref="MultiHeadAttention"/> it takes
/// <c>[batch, time, time seen, units]</c> numbers of memory. Its parameters are <c>query</c> with a <c>kernel</c>, <c>key</c> with a <c>kernel</c> and a
/// <c>bias</c>, and <c>score</c> with a <c>kernel</c>.
/// </summary>
/// <example><code>AdditiveAttention attention = new(256) { CrossAttention = true, MemorySize = 512 };</code></example>
public sealed class AdditiveAttention : Layer
{
    private static readonly Initializer UsualKernel = new GlorotUniform();

    private readonly int units;
    private Dense? query;
    private Dense? key;
    private Dense? score;

    /// <summary>Additive attention.</summary>
    /// <param name="units">How many numbers of a step and of one that it sees are added, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is not one at least.</exception>
    public AdditiveAttention(int units) => this.units = Limits.AtLeast(1, units);

    /// <summary>Whether what is seen comes from <see cref="ForwardContext.Memory"/> instead of the input; false by default.</summary>
    public bool CrossAttention { get; init; }

    /// <summary>The features of the memory; those of the input by default.</summary>
    public int? MemorySize
    {
        get;
        init => field = value is null ? null : Limits.AtLeast(1, value.Value, nameof(MemorySize));
    }

    /// <summary>The first values of the kernels; <see cref="GlorotUniform"/> by default.</summary>
    public Initializer KernelInitializer { get; init; } = UsualKernel;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank == 2 && (InputShape is null || input[1] == InputShape[1])
            ? input.With(-1, SizeOfMemory(input))
            : throw Unfit($"[batch, time, {InputShape?[1].ToString() ?? "features"}]", input);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input)
    {
        OutputShape(input);
        return ((long)input[0] * units * (input[1] + SizeOfMemory(input))) + OwnMultiplyAdds(input);
    }

    /// <summary>The scores and the means, of as many steps as the input has.</summary>
    internal override long OwnMultiplyAdds(Shape input) => (long)input[0] * input[0] * (units + SizeOfMemory(input));

    /// <inheritdoc/>
    public override JsonObject Describe() => new()
    {
        ["units"] = units,
        ["crossAttention"] = CrossAttention ? true : null,
        ["memorySize"] = MemorySize,
        ["kernelInitializer"] = KernelInitializer == UsualKernel ? null : InitializerCatalogue.Describe(KernelInitializer),
    };

    /// <summary>The layer that was described.</summary>
    internal static AdditiveAttention Create(JsonAttributes json) => new(json.Integer("units"))
    {
        CrossAttention = json.Flag("crossAttention", false),
        MemorySize = json.OptionalInteger("memorySize"),
        KernelInitializer = json.Initializer("kernelInitializer", UsualKernel),
    };

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        query = Register("query", Product(units, useBias: false), input, key);
        this.key = Register("key", Product(units, useBias: true), input.With(-1, SizeOfMemory(input)), key);
        score = Register("score", Product(1, useBias: false), input.With(-1, units), key);
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        KeysAndValues seen = CrossAttention
            ? KeysAndValues.OfMemory(this, context, memory => (Built(key).Forward(memory, context), memory))
            : KeysAndValues.OfInput(this, Built(key).Forward(input, context), input, context);
        Tensor queries = Built(query).Forward(input, context).ExpandDimensions(2);
        Tensor scores = Built(score).Forward((queries + seen.Keys.ExpandDimensions(1)).Tanh(), context).Squeeze(-1);
        return Weights(scores, seen.Lengths).MatMul(seen.Values);
    }

    /// <summary>The weights that scores <c>[batch, time, time seen]</c> are; none for what lies behind the lengths.</summary>
    private static Tensor Weights(Tensor scores, Tensor? lengths)
    {
        if (lengths is null)
        {
            return scores.Softmax();
        }

        Tensor visible = Tensor.Range(scores.Shape[-1]).Less(lengths.Reshape(-1, 1, 1)).BroadcastTo(scores.Shape);
        return visible.Where(scores, -1e30).Softmax() * visible.To(scores.DataType);
    }

    private int SizeOfMemory(Shape input) => CrossAttention ? MemorySize ?? input[1] : input[1];

    private Dense Product(int size, bool useBias) => new(size) { UseBias = useBias, KernelInitializer = KernelInitializer };
}
