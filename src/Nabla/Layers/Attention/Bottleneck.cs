using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;

namespace Nabla.Layers;

/// <summary>
/// A bottleneck adapter: <c>x + gelu(x down) up</c>, each row of the last axis alone (Houlsby et al., Parameter-Efficient Transfer Learning for NLP, 2019,
/// arXiv 1902.00751). It is part of the layers of a Transformer, which describe it, and begins as nothing: the second product is zero.
/// </summary>
/// <param name="size">The numbers between the two products.</param>
internal sealed class Bottleneck(int size) : Layer
{
    private Dense? down;
    private Dense? up;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input;

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => 2L * input.ElementCount * size;

    /// <inheritdoc/>
    public override JsonObject Describe() => throw new NotSupportedException($"{Label} is described by the layer that it is part of.");

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        down = Register("down", new Dense(size, ActivationKind.Gelu), input, key);
        up = Register("up", new Dense(input[-1]) { KernelInitializer = new Zeros() }, input.With(-1, size), key);
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context) => input + Built(up).Forward(Built(down).Forward(input, context), context);
}
