namespace Nabla.Layers;

/// <summary>Layers one after the other.</summary>
/// <example>
/// <code>
/// Sequential model = new([28, 28, 1], seed: 1, new Flatten(), new Dense(64, ActivationKind.Relu), new Dense(10));
/// </code>
/// </example>
public sealed class Sequential : Module
{
    private readonly Layer[] layers;

    /// <summary>Builds a network for inputs of a shape.</summary>
    /// <param name="inputShape">The shape of one input, without the batch.</param>
    /// <param name="seed">What decides the initial weights.</param>
    /// <param name="layers">The layers in order.</param>
    /// <exception cref="ArgumentException">A layer does not take what the one before it gives; the message names the layer.</exception>
    public Sequential(Shape inputShape, long seed, params Layer[] layers)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        ArgumentNullException.ThrowIfNull(layers);
        this.layers = layers;
        InputShape = inputShape;
        Shape shape = inputShape;
        for (int index = 0; index < layers.Length; index++)
        {
            Layer layer = Register(index.ToString(System.Globalization.CultureInfo.InvariantCulture), layers[index]);
            try
            {
                layer.Build(shape, RandomKey.FromSeed(seed).Fold(index));
                shape = layer.OutputShape(shape);
            }
            catch (ArgumentException error)
            {
                throw new ArgumentException($"Layer {index}: {error.Message}", error);
            }
        }

        OutputShape = shape;
    }

    /// <summary>The layers in order.</summary>
    public IReadOnlyList<Layer> Layers => layers;

    /// <summary>The shape of one input, without the batch.</summary>
    public Shape InputShape { get; }

    /// <summary>The shape of one output, without the batch.</summary>
    public Shape OutputShape { get; }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        if (input.Rank != InputShape.Rank + 1 || !input.Shape.AsSpan()[1..].SequenceEqual(InputShape.AsSpan()))
        {
            throw new ArgumentException($"The network expects [batch, {string.Join(", ", InputShape)}] but got {input.Shape}.");
        }

        return layers.Aggregate(input, (x, layer) => layer.Forward(x, context));
    }
}
