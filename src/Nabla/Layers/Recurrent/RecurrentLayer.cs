using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;
using Nabla.Ops.Products;
using Nabla.Ops.Recurrent;

namespace Nabla.Layers;

/// <summary>
/// A layer that walks over sequences <c>[batch, time, features]</c> and gives its last state <c>[batch, units]</c>, or with
/// <see cref="ReturnSequences"/> those after each step <c>[batch, time, units]</c>. Its parameters are <c>kernel</c>
/// <c>[features, gates * units]</c>, <c>bias</c> <c>[gates * units]</c> and <c>recurrentKernel</c> <c>[units, gates * units]</c>.
/// Two of them side by side in <see cref="Concatenated"/>, <see cref="Added"/>, <see cref="Averaged"/> or <see cref="Multiplied"/>, one with
/// <see cref="GoBackwards"/>, make a bidirectional network (Schuster and Paliwal, 1997).
/// </summary>
public abstract class RecurrentLayer : KernelLayer
{
    private static readonly Initializer UsualRecurrent = new Orthogonal();

    private readonly int units;
    private readonly RecurrentCell cell;
    private Parameter? recurrentKernel;
    private Parameter? recurrentBias;

    /// <summary>A layer of a cell.</summary>
    private protected RecurrentLayer(int units, RecurrentCell cell, ActivationKind activation)
        : base(activation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        (this.units, this.cell) = (units, cell);
    }

    /// <summary>Whether the states after all steps are the output, not the last one alone; false by default.</summary>
    public bool ReturnSequences { get; init; }

    /// <summary>Whether the steps run from the last to the first; each state stays at the place of its input. False by default.</summary>
    public bool GoBackwards { get; init; }

    /// <summary>The first values of the recurrent kernel; <see cref="Orthogonal"/> by default.</summary>
    public Initializer RecurrentInitializer { get; init; } = UsualRecurrent;

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
        ["recurrentInitializer"] = RecurrentInitializer == UsualRecurrent ? null : InitializerCatalogue.Describe(RecurrentInitializer),
    };

    /// <summary>Walks over sequences from a state, and gives the states of all steps and the last one.</summary>
    /// <param name="input">The sequences <c>[batch, time, features]</c>.</param>
    /// <param name="initial">The state before the first step; zeros by default.</param>
    /// <param name="lengths">The int32 lengths of the sequences <c>[batch]</c>; steps from there on keep the state. By default all are full.</param>
    /// <exception cref="ArgumentException">A tensor has another shape; the message quotes it.</exception>
    public RecurrentOutput Run(Tensor input, RecurrentState? initial = null, Tensor? lengths = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        Tensor weights = Kernel;
        if (input.Rank != 3 || input.Shape[1] == 0 || input.Shape[2] != weights.Shape[0])
        {
            throw Unfit(Expected, input);
        }

        (int batch, int time) = (input.Shape[0], input.Shape[1]);
        Tensor zeros = Tensor.Zeros([batch, units], input.DataType);
        Tensor all = lengths ?? Tensor.Full([batch], time, DataType.Int32);
        Tensor hidden = initial?.Hidden ?? zeros;
        Tensor none = Tensor.Zeros([cell.Gates() * units], input.DataType);
        Tensor[] given = [Project(input, weights), Built(recurrentKernel).Value, (cell == RecurrentCell.Gru ? recurrentBias?.Value : Bias) ?? none, all, hidden];
        Tensor[] outputs = new Recurrence(cell, GoBackwards).Apply(cell == RecurrentCell.Lstm ? [.. given, initial?.Cell ?? zeros] : given);
        int last = GoBackwards ? 0 : time - 1;
        return new(outputs[0], new(At(outputs[0], last), cell == RecurrentCell.Lstm ? At(outputs[1], last) : null));
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        RecurrentOutput output = Run(input);
        return ReturnSequences ? output.Sequence : output.State.Hidden;
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        int width = cell.Gates() * units;
        CreateKernel([input[1], width], width, key);
        recurrentKernel = Register("recurrentKernel", RecurrentInitializer, [units, width], key, KernelRegularizer);
        recurrentBias = cell == RecurrentCell.Gru && UseBias ? Register("recurrentBias", BiasInitializer, [width], key, BiasRegularizer) : null;
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

    private static Tensor At(Tensor sequence, int step) => sequence.Slice(1, step, 1).Squeeze(1);

    private Tensor Project(Tensor input, Tensor weights)
    {
        Tensor rows = input.Reshape(-1, weights.Shape[0]);
        Tensor products = cell == RecurrentCell.Gru && Bias is { } bias
            ? new DenseProduct(Rectifies: false).ApplyOne(rows, weights, bias)
            : rows.MatMul(weights);
        return products.Reshape(input.Shape[0], input.Shape[1], weights.Shape[1]);
    }
}
