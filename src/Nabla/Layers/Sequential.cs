namespace Nabla.Layers;

/// <summary>Layers one after the other: a whole network.</summary>
/// <example>
/// <code>
/// Sequential model = new([28, 28, 1], seed: 1, new Flatten(), new Dense(64, ActivationKind.Relu), new Dense(10) { Name = "head" });
/// Console.WriteLine(model.Summary()); // parameters 1.kernel, 1.bias, head.kernel, head.bias
/// </code>
/// </example>
public sealed class Sequential : Module
{
    private readonly LayerStack stack;
    private readonly Func<string, TensorType, Tensor?>? stored;

    /// <summary>Builds a network for inputs of a shape.</summary>
    /// <param name="inputShape">The shape of one input, without the batch.</param>
    /// <param name="seed">What decides the initial weights.</param>
    /// <param name="layers">The layers in order.</param>
    /// <exception cref="ArgumentException">
    /// A layer does not take what the one before it gives, or is part of another module; the message names the layer.
    /// </exception>
    public Sequential(Shape inputShape, long seed, params Layer[] layers)
        : this(inputShape, seed, layers, stored: null)
    {
    }

    /// <summary>Builds a network whose parameters have values already.</summary>
    /// <param name="inputShape">The shape of one input, without the batch.</param>
    /// <param name="seed">What decides the initial weights of those that have none.</param>
    /// <param name="layers">The layers in order.</param>
    /// <param name="stored">The value of a parameter by its full name and type, null where there is none, or an error.</param>
    internal Sequential(Shape inputShape, long seed, Layer[] layers, Func<string, TensorType, Tensor?>? stored)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        this.stored = stored;
        InputShape = inputShape;
        stack = new LayerStack(layers, (name, layer) => Register(name, layer));
        stack.Build(inputShape, RandomKey.FromSeed(seed));
        OutputShape = stack.OutputShape(inputShape);
        this.stored = null;
    }

    /// <summary>The layers in order.</summary>
    public IReadOnlyList<Layer> Layers => stack.Layers;

    /// <summary>The shape of one input, without the batch.</summary>
    public Shape InputShape { get; }

    /// <summary>The shape of one output, without the batch.</summary>
    public Shape OutputShape { get; }

    /// <summary>The type of the inputs: int32 if the first layer takes indices.</summary>
    public DataType InputType => Layers.Count > 0 ? Layers[0].InputType : DataType.Float32;

    private protected override Func<string, TensorType, Tensor?>? Stored => stored;

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        return Takes(input.Shape)
            ? stack.Forward(input, context)
            : throw new ArgumentException($"The network expects {Layer.Batched(InputShape)} but got {input.Shape}.");
    }

    // Sequences of tokens may be shorter; a layer that wants them whole says so.
    private bool Takes(Shape input)
    {
        if (input.Rank != InputShape.Rank + 1 || (input.Rank > 1 && input[-1] == 0))
        {
            return false;
        }

        ReadOnlySpan<int> sizes = input.AsSpan()[1..];
        return sizes.SequenceEqual(InputShape.AsSpan())
            || (InputType == DataType.Int32 && input.Rank > 1 && sizes[^1] <= InputShape[-1] && sizes[..^1].SequenceEqual(InputShape.AsSpan()[..^1]));
    }
}
