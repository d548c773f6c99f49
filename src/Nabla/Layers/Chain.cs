using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>
/// Layers one after the other, as one layer: a block within <see cref="Residual"/>, <see cref="Concatenated"/> or another sequence. Without
/// layers its output is its input.
/// </summary>
/// <example>
/// <code>
/// Chain block = new(new Dense(64, ActivationKind.Relu), new Dense(64)) { Name = "block" }; // block.0.kernel, block.0.bias, block.1.kernel, ...
/// </code>
/// </example>
public sealed class Chain : Layer
{
    private readonly LayerStack stack;

    /// <summary>A block of layers.</summary>
    /// <param name="layers">The layers in order.</param>
    public Chain(params Layer[] layers) => stack = new LayerStack(layers, (name, layer) => Register(name, layer));

    /// <summary>The layers in order.</summary>
    public IReadOnlyList<Layer> Layers => stack.Layers;

    /// <inheritdoc/>
    public override DataType InputType => Layers.Count > 0 ? Layers[0].InputType : base.InputType;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => stack.OutputShape(input);

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => stack.MultiplyAdds(input);

    /// <inheritdoc/>
    internal override Tensor? LengthsOf(Tensor input) => stack.LengthsOf(input);

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["layers"] = new JsonArray([.. Layers.Select(LayerCatalogue.Describe)]) };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context) => stack.Forward(input, context);

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key) => stack.Build(input, key);
}
