using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;
using Nabla.Ops.Products;
using Nabla.Ops.Recurrent;

namespace Nabla.Layers;

/// <summary>
/// A layer that walks over sequences <c>[batch, time, features]</c> and gives its last state <c>[batch, units]</c>, or with
/// <see cref="ReturnSequences"/> those after each step <c>[batch, time, units]</c>. Its parameters are <c>kernel</c>
/// <c>[features, gates * units]</c>, <c>bias</c> <c>[gates * units]</c> and <c>recurrentKernel</c> <c>[units, gates * units]</c>.
/// Steps behind <see cref="ForwardContext.Lengths"/> keep the state, so the last state is that of the last real step. With a
/// <see cref="ForwardContext.State"/> a pass goes on from the state that the one before left.
/// </summary>
public abstract class RecurrentLayer : KernelLayer
{
    private static readonly RecurrentOptions Usual = new();

    private readonly int units;
    private readonly RecurrentCell cell;
    private RecurrentOptions options = Usual;
    private RandomKey layerKey;
    private Parameter? recurrentKernel;
    private Parameter? recurrentBias;

    /// <summary>A layer of a cell.</summary>
    private protected RecurrentLayer(int units, RecurrentCell cell, ActivationKind activation)
        : base(activation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        (this.units, this.cell) = (units, cell);
    }

    /// <summary>The numbers of a state.</summary>
    public int Units => units;

    /// <summary>Whether the states after all steps are the output, not the last one alone; false by default.</summary>
    public bool ReturnSequences
    {
        get => options.ReturnSequences;
        init => options = options with { ReturnSequences = value };
    }

    /// <summary>Whether the steps run from the last to the first; each state stays at the place of its input. False by default.</summary>
    public bool GoBackwards
    {
        get => options.GoBackwards;
        init => options = options with { GoBackwards = value };
    }

    /// <summary>
    /// The share of the input's features that is dropped while training, from 0 up to, not including, 1; 0 by default. A sequence loses the same
    /// ones at all steps (Gal and Ghahramani, A Theoretically Grounded Application of Dropout in Recurrent Neural Networks, 2016, arXiv 1512.05287).
    /// </summary>
    public double Dropout
    {
        get => options.Dropout;
        init => options = options with { Dropout = Limits.BelowOne(value, nameof(Dropout)) };
    }

    /// <summary>The share of the state that recurrent products do not see while training, the same at all steps of a sequence; 0 by default.</summary>
    public double RecurrentDropout
    {
        get => options.RecurrentDropout;
        init => options = options with { RecurrentDropout = Limits.BelowOne(value, nameof(RecurrentDropout)) };
    }

    /// <summary>The first values of the recurrent kernel; <see cref="Orthogonal"/> by default.</summary>
    public Initializer RecurrentInitializer
    {
        get => options.RecurrentInitializer;
        init => options = options with { RecurrentInitializer = value ?? throw new ArgumentNullException(nameof(RecurrentInitializer)) };
    }

    /// <summary>Whether the recurrent product has a bias of its own.</summary>
    private protected virtual bool HasRecurrentBias => false;

    private string Expected => InputShape is null ? "[batch, time, features]" : $"[batch, time, {InputShape[-1]}]";

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        bool fits = input.Rank == 2 && input[0] > 0 && (InputShape is null || input[1] == InputShape[1]);
        return !fits ? throw Unfit(Expected, input) : ReturnSequences ? [input[0], units] : [units];
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input)
    {
        OutputShape(input);
        return (long)input[0] * (input[1] + units) * cell.Gates() * units;
    }

    /// <inheritdoc/>
    public override JsonObject Describe() => new()
    {
        ["units"] = units,
        ["returnSequences"] = ReturnSequences ? true : null,
        ["goBackwards"] = GoBackwards ? true : null,
        ["dropout"] = Dropout > 0 ? Dropout : null,
        ["recurrentDropout"] = RecurrentDropout > 0 ? RecurrentDropout : null,
        ["recurrentInitializer"] = RecurrentInitializer == Usual.RecurrentInitializer ? null : InitializerCatalogue.Describe(RecurrentInitializer),
    };

    /// <summary>Walks over sequences from a state, and gives the states of all steps and the last one.</summary>
    /// <param name="input">The sequences <c>[batch, time, features]</c>.</param>
    /// <param name="initial">The state before the first step, of an <see cref="Lstm"/> with cells; zeros by default.</param>
    /// <param name="lengths">The int32 lengths of the sequences <c>[batch]</c>; steps from there on keep the state. By default all are full.</param>
    /// <exception cref="ArgumentException">
    /// A tensor has another shape, which the message quotes, or a state has no cells though the layer has them, or the other way round.
    /// </exception>
    public RecurrentOutput Run(Tensor input, RecurrentState? initial = null, Tensor? lengths = null) => Run(input, initial, lengths, mask: null);

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        bool drops = context.Training && !Frozen && input is { Rank: 3 };
        RandomKey key = context.Key.Fold((long)layerKey.Value);
        Tensor given = drops && Dropout > 0 ? input * Mask([input.Shape[0], 1, input.Shape[2]], input.DataType, Dropout, key.Fold(0)) : input;
        Tensor? mask = drops && RecurrentDropout > 0 ? Mask([input.Shape[0], units], input.DataType, RecurrentDropout, key.Fold(1)) : null;
        RecurrentOutput output = Run(given, Remembered(context), context.Lengths, mask);
        context.State?.Set(this, output.State.Cell is { } cells ? [output.State.Hidden, cells] : [output.State.Hidden]);
        return ReturnSequences ? output.Sequence : output.State.Hidden;
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        int width = cell.Gates() * units;
        layerKey = key;
        CreateKernel([input[1], width], width, key);
        recurrentKernel = Register("recurrentKernel", RecurrentInitializer, [units, width], key, KernelRegularizer);
        recurrentBias = HasRecurrentBias ? Register("recurrentBias", BiasInitializer, [width], key, BiasRegularizer) : null;
    }

    internal override JsonObject DescribeOptions()
    {
        JsonObject description = base.DescribeOptions();
        if (cell.KeepsGates())
        {
            description.Remove("activation");
        }

        return description;
    }

    internal override void Restore(JsonAttributes attributes)
    {
        base.Restore(attributes);
        options = new RecurrentOptions
        {
            ReturnSequences = attributes.Flag("returnSequences", false),
            GoBackwards = attributes.Flag("goBackwards", false),
            Dropout = Limits.BelowOne(attributes.Number("dropout", 0), nameof(Dropout)),
            RecurrentDropout = Limits.BelowOne(attributes.Number("recurrentDropout", 0), nameof(RecurrentDropout)),
            RecurrentInitializer = attributes.Initializer("recurrentInitializer", Usual.RecurrentInitializer),
        };
    }

    private static Tensor Mask(Shape shape, DataType dataType, double rate, RandomKey key) => key.Bernoulli(shape, 1 - rate, dataType) * (1 / (1 - rate));

    private static Tensor At(Tensor sequence, int step) => sequence.Slice(1, step, 1).Squeeze(1);

    private Tensor Project(Tensor input, Tensor weights)
    {
        Tensor rows = input.Reshape(-1, weights.Shape[0]);
        Tensor products = cell == RecurrentCell.Gru && Bias is { } bias
            ? new DenseProduct(Rectifies: false).ApplyOne(rows, weights, bias)
            : rows.MatMul(weights);
        return products.Reshape(input.Shape[0], input.Shape[1], weights.Shape[1]);
    }

    /// <summary>The states of all steps, and the cells if there are any, from the inputs of a <see cref="Recurrence"/> but for the mask.</summary>
    private protected virtual Tensor[] Walk(List<Tensor> inputs, Tensor? mask) =>
        new Recurrence(cell, GoBackwards, mask is not null).Apply(mask is null ? [.. inputs] : [.. inputs, mask]);

    /// <summary>The state that the pass before left; null where there is none.</summary>
    private RecurrentState? Remembered(ForwardContext context) => context.State is { } state && GoBackwards
        ? throw new InvalidOperationException($"{Label} goes backwards: it needs whole sequences and cannot go on from step {state.Position}.")
        : context.State?.Of(this) is { } kept ? new RecurrentState(kept[0], kept.Count > 1 ? kept[1] : null) : null;

    private RecurrentOutput Run(Tensor input, RecurrentState? initial, Tensor? lengths, Tensor? mask)
    {
        ArgumentNullException.ThrowIfNull(input);
        Tensor weights = Kernel;
        if (input.Rank != 3 || input.Shape[1] == 0 || input.Shape[2] != weights.Shape[0])
        {
            throw Unfit(Expected, input);
        }

        if (initial is not null && initial.Cell is not null != (cell == RecurrentCell.Lstm))
        {
            throw new ArgumentException(
                $"{Label} expects a state {(cell == RecurrentCell.Lstm ? "with cells" : "without cells")} but got one {(initial.Cell is null ? "without" : "with")}.", nameof(initial));
        }

        (int batch, int time) = (input.Shape[0], input.Shape[1]);
        Tensor zeros = Tensor.Zeros([batch, units], input.DataType);
        Tensor all = lengths ?? Tensor.Full([batch], time, DataType.Int32);
        Tensor none = Tensor.Zeros([cell.Gates() * units], input.DataType);
        Tensor bias = (cell == RecurrentCell.Gru ? recurrentBias?.Value : Bias) ?? none;
        List<Tensor> given = [Project(input, weights), Built(recurrentKernel).Value, bias, all, initial?.Hidden ?? zeros];
        if (cell == RecurrentCell.Lstm)
        {
            given.Add(initial?.Cell ?? zeros);
        }

        Tensor[] outputs = Walk(given, mask);
        int last = GoBackwards ? 0 : time - 1;
        return new(outputs[0], new(At(outputs[0], last), cell == RecurrentCell.Lstm ? At(outputs[1], last) : null));
    }
}
