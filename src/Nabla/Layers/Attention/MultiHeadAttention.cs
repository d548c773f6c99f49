using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;

namespace Nabla.Layers;

/// <summary>
/// Attention in several heads, from <c>[batch, time, features]</c> to the same shape: each step takes a weighted mean of what all steps, or those of
/// <see cref="ForwardContext.Memory"/>, hold (Vaswani et al., Attention Is All You Need, 2017, arXiv 1706.03762). Steps behind
/// <see cref="ForwardContext.Lengths"/> are not seen. With a <see cref="ForwardContext.State"/> keys and values of earlier passes are kept and seen too.
/// Its parameters are <c>query</c>, <c>key</c>, <c>value</c> and <c>output</c>, each with a <c>kernel</c> and a <c>bias</c>.
/// </summary>
/// <example><code>MultiHeadAttention attention = new(8) { Causal = true, KeyValueHeads = 2, Positions = AttentionPositions.Rotary };</code></example>
public sealed class MultiHeadAttention : Layer
{
    private static readonly Initializer UsualKernel = new GlorotUniform();
    private static readonly Initializer Prefix = new RandomNormal(0, 0.02);

    private readonly int heads;
    private Dense? query;
    private Dense? key;
    private Dense? value;
    private Dense? output;
    private Dropout? dropout;
    private Parameter? prefixKeys;
    private Parameter? prefixValues;
    private Bottleneck? adapter;

    /// <summary>Attention in a number of heads.</summary>
    /// <param name="heads">The heads, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is not one at least.</exception>
    public MultiHeadAttention(int heads) => this.heads = Limits.AtLeast(1, heads);

    /// <summary>
    /// How many heads keys and values have; as many as queries by default. Fewer, a divisor of theirs, make the cache of a decoder smaller (Ainslie et
    /// al., GQA, 2023, arXiv 2305.13245).
    /// </summary>
    public int? KeyValueHeads
    {
        get;
        init => field = value is null || (value > 0 && heads % value == 0)
            ? value
            : throw new ArgumentException($"MultiHeadAttention of {heads} heads expects key-value heads that divide them but got {value}.");
    }

    /// <summary>The numbers of a head; the features divided by the heads by default.</summary>
    public int? HeadSize
    {
        get;
        init => field = value is null ? null : Limits.AtLeast(1, value.Value, nameof(HeadSize));
    }

    /// <summary>Whether a step sees itself and earlier ones alone; false by default.</summary>
    public bool Causal { get; init; }

    /// <summary>
    /// Whether keys and values come from <see cref="ForwardContext.Memory"/> instead of the input; false by default. The steps of a memory are none of the
    /// input's, so it goes neither with <see cref="Causal"/> nor with <see cref="AttentionPositions.Alibi"/>.
    /// </summary>
    public bool CrossAttention { get; init; }

    /// <summary>The features of the memory; those of the input by default.</summary>
    public int? MemorySize
    {
        get;
        init => field = value is null ? null : Limits.AtLeast(1, value.Value, nameof(MemorySize));
    }

    /// <summary>The share of the output that is dropped while training, from 0 up to, not including, 1; 0 by default.</summary>
    public double Dropout
    {
        get;
        init => field = Limits.BelowOne(value, nameof(Dropout));
    }

    /// <summary>How the order of steps counts; not at all by default.</summary>
    public AttentionPositions Positions { get; init; }

    /// <summary>The base of the angles of rotary positions.</summary>
    public double RotaryTheta
    {
        get;
        init => field = Limits.Positive(value, nameof(RotaryTheta));
    }
    = RotaryOps.UsualTheta;

    /// <summary>How rotary positions reach beyond the length of the first training; null for not at all.</summary>
    public RotaryScaling? RotaryScaling { get; init; }

    /// <summary>Whether the four products have a bias; true by default.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>Whether the last of the four products has a bias, where it is otherwise than in the three before.</summary>
    public bool? UseOutputBias { get; init; }

    /// <summary>The first values of the kernels; <see cref="GlorotUniform"/> by default.</summary>
    public Initializer KernelInitializer { get; init; } = UsualKernel;

    /// <summary>
    /// How many learnt keys and values, <c>prefixKeys</c> and <c>prefixValues</c> <c>[prefix, keyHeads, size]</c>, stand before those of each sequence, seen by
    /// all steps and of no position (Li and Liang, Prefix-Tuning, 2021, arXiv 2101.00190); 0 by default.
    /// </summary>
    public int PrefixLength
    {
        get;
        init => field = Limits.AtLeast(0, value, nameof(PrefixLength));
    }

    /// <summary>
    /// The numbers between the two products of a bottleneck adapter behind the output (Houlsby et al., Parameter-Efficient Transfer Learning for NLP, 2019,
    /// arXiv 1902.00751), which begins as nothing; 0 for none, as is usual.
    /// </summary>
    public int AdapterSize
    {
        get;
        init => field = Limits.AtLeast(0, value, nameof(AdapterSize));
    }

    /// <summary>The heads.</summary>
    internal int Heads => heads;

    private int KeyHeads => KeyValueHeads ?? heads;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (CrossAttention && (Causal || Positions == AttentionPositions.Alibi))
        {
            throw new ArgumentException(
                $"{Label} with CrossAttention expects neither Causal nor positions Alibi, which count steps of its own, but got {(Causal ? "Causal" : "Alibi")}.");
        }

        if (input.Rank != 2 || (InputShape is { } built && input[1] != built[1]))
        {
            throw Unfit($"[batch, time, {(InputShape is null ? "features" : InputShape[1])}]", input);
        }

        if (HeadSize is null && input[1] % heads != 0)
        {
            throw Unfit($"features that {heads} heads divide", input, "give it a HeadSize");
        }

        return Positions != AttentionPositions.Rotary || SizeOf(input) % 2 == 0
            ? input
            : throw Unfit("heads of an even size for rotary positions", input);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input)
    {
        OutputShape(input);
        long size = SizeOf(input);
        long products = (2L * AdapterSize * input[1]) + (size * heads * input[1] * 2) + (size * KeyHeads * (MemorySize ?? input[1]) * 2);
        return (input[0] * products) + OwnMultiplyAdds(input);
    }

    /// <summary>The scores and the means of values.</summary>
    internal override long OwnMultiplyAdds(Shape input) => 2L * input[0] * (input[0] + PrefixLength) * heads * SizeOf(input);

    /// <inheritdoc/>
    public override JsonObject Describe() => new JsonObject
    {
        ["heads"] = heads,
        ["keyValueHeads"] = KeyValueHeads,
        ["headSize"] = HeadSize,
        ["causal"] = Causal ? true : null,
        ["crossAttention"] = CrossAttention ? true : null,
        ["memorySize"] = MemorySize,
        ["dropout"] = Dropout > 0 ? Dropout : null,
        ["positions"] = Positions == AttentionPositions.None ? null : Positions.ToString(),
        ["rotaryTheta"] = RotaryTheta == RotaryOps.UsualTheta ? null : RotaryTheta,
        ["useBias"] = UseBias ? null : false,
        ["useOutputBias"] = UseOutputBias,
        ["prefixLength"] = PrefixLength > 0 ? PrefixLength : null,
        ["adapterSize"] = AdapterSize > 0 ? AdapterSize : null,
        ["kernelInitializer"] = KernelInitializer == UsualKernel ? null : InitializerCatalogue.Describe(KernelInitializer),
    }.With(RotaryScaling);

    /// <summary>The layer that was described.</summary>
    internal static MultiHeadAttention Create(JsonAttributes json) => new(json.Integer("heads"))
    {
        KeyValueHeads = json.OptionalInteger("keyValueHeads"),
        HeadSize = json.OptionalInteger("headSize"),
        Causal = json.Flag("causal", false),
        CrossAttention = json.Flag("crossAttention", false),
        MemorySize = json.OptionalInteger("memorySize"),
        Dropout = json.Number("dropout", 0),
        Positions = json.Choice<AttentionPositions>("positions", AttentionPositions.None),
        RotaryTheta = json.Number("rotaryTheta", RotaryOps.UsualTheta),
        RotaryScaling = RotaryScalingJson.Read(json),
        UseBias = json.Flag("useBias", true),
        UseOutputBias = json.OptionalFlag("useOutputBias"),
        PrefixLength = json.Integer("prefixLength", 0, least: 0),
        AdapterSize = json.Integer("adapterSize", 0, least: 0),
        KernelInitializer = json.Initializer("kernelInitializer", UsualKernel),
    };

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        int size = SizeOf(input);
        Shape attended = CrossAttention ? input.With(-1, MemorySize ?? input[1]) : input;
        query = Register("query", Product(heads * size, UseBias), input, key);
        this.key = Register("key", Product(KeyHeads * size, UseBias), attended, key);
        value = Register("value", Product(KeyHeads * size, UseBias), attended, key);
        output = Register("output", Product(input[1], UseOutputBias ?? UseBias), input.With(-1, heads * size), key);
        dropout = Dropout > 0 ? Register("dropout", new Dropout(Dropout), input, key) : null;
        adapter = AdapterSize > 0 ? Register("adapter", new Bottleneck(AdapterSize), input, key) : null;
        if (PrefixLength > 0)
        {
            prefixKeys = Register("prefixKeys", Prefix, [PrefixLength, KeyHeads, size], key);
            prefixValues = Register("prefixValues", Prefix, [PrefixLength, KeyHeads, size], key);
        }
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Tensor queries = Placed(ByHead(Built(query).Forward(Checked(input), context), heads), context);
        KeysAndValues seen = BehindPrefix(CrossAttention ? OfMemory(context) : OfInput(input, context));
        context.Observer?.Attend(this, () => queries.Attend(
            seen.Keys, Identity(seen.Keys), Causal, seen.Lengths, alibi: Positions == AttentionPositions.Alibi));
        Tensor means = queries.Attend(seen.Keys, seen.Values, Causal, seen.Lengths, alibi: Positions == AttentionPositions.Alibi);
        Tensor result = Built(output).Forward(means.Reshape(input.Shape[0], input.Shape[1], -1), context);
        Tensor kept = dropout is null ? result : dropout.Forward(result, context);
        return adapter is null ? kept : adapter.Forward(kept, context);
    }

    private static Tensor ByHead(Tensor rows, int heads) => rows.Reshape(rows.Shape[0], rows.Shape[1], heads, rows.Shape[2] / heads);

    // Values of which each mean tells the weights.
    private static Tensor Identity(Tensor keys) => Tensor.From([.. Enumerable.Range(0, keys.Shape[1])], [1, keys.Shape[1], 1])
        .OneHot(keys.Shape[1], keys.DataType).BroadcastTo([keys.Shape[0], keys.Shape[1], keys.Shape[2], keys.Shape[1]]);

    private KeysAndValues BehindPrefix(KeysAndValues seen) => prefixKeys is null
        ? seen
        : new(Behind(prefixKeys.Value, seen.Keys), Behind(prefixValues!.Value, seen.Values), seen.Lengths is { } lengths ? lengths + PrefixLength : null);

    private static Tensor Behind(Tensor prefix, Tensor sequence) =>
        ShapeOps.Concatenate(1, prefix.Reshape([1, .. prefix.Shape]).BroadcastTo([sequence.Shape[0], .. prefix.Shape]), sequence);

    private int SizeOf(Shape input) => HeadSize ?? (input[1] / heads);

    private Dense Product(int units, bool useBias) => new(units) { UseBias = useBias, KernelInitializer = KernelInitializer };

    private Tensor Checked(Tensor input) => InputShape is { } shape && (input.Rank != 3 || input.Shape[2] != shape[1])
        ? throw Unfit($"[batch, time, {shape[1]}]", input)
        : input;

    private Tensor Placed(Tensor x, ForwardContext context) =>
        Positions == AttentionPositions.Rotary && !CrossAttention ? x.Rotary(context.State?.Position ?? 0, RotaryTheta, RotaryScaling) : x;

    private KeysAndValues OfInput(Tensor input, ForwardContext context) => KeysAndValues.OfInput(
        this, Placed(ByHead(Built(key).Forward(input, context), KeyHeads), context), ByHead(Built(value).Forward(input, context), KeyHeads), context);

    private KeysAndValues OfMemory(ForwardContext context) => KeysAndValues.OfMemory(
        this, context, memory => (ByHead(Built(key).Forward(memory, context), KeyHeads), ByHead(Built(value).Forward(memory, context), KeyHeads)));
}
