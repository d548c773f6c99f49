using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>
/// What a layer gives added to its input: <c>activation(body(x) + x)</c>, or <c>activation(body(x) + shortcut(x))</c> where the shapes differ (He et
/// al., Deep Residual Learning for Image Recognition, 2016). Parameters are named <c>body.*</c> and <c>shortcut.*</c>.
/// </summary>
/// <example>
/// <code>
/// Residual block = new(new Chain(new Dense(64, ActivationKind.Relu), new Dense(64)), activation: ActivationKind.Relu);
/// </code>
/// </example>
public sealed class Residual : Layer
{
    private readonly Layer body;
    private readonly Layer? shortcut;
    private readonly ActivationKind activation;

    /// <summary>A block with a shortcut around it.</summary>
    /// <param name="body">What is learnt; a <see cref="Chain"/> for several layers.</param>
    /// <param name="shortcut">What is applied to the input so that its shape is that of the body's output; null for nothing.</param>
    /// <param name="activation">What is applied to the sum.</param>
    public Residual(Layer body, Layer? shortcut = null, ActivationKind activation = ActivationKind.Linear)
    {
        this.body = Register("body", body);
        this.shortcut = shortcut is null ? null : Register("shortcut", shortcut);
        this.activation = activation;
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        Shape learnt = body.OutputShape(input);
        Shape added = shortcut?.OutputShape(input) ?? input;
        return learnt == added ? learnt : throw new ArgumentException(
            $"{Label} expects a body and a shortcut that give one shape but got {Batched(learnt)} and {Batched(added)}{Advice}");
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => body.MultiplyAdds(input) + (shortcut?.MultiplyAdds(input) ?? 0);

    /// <inheritdoc/>
    public override JsonObject Describe() => new()
    {
        ["body"] = LayerCatalogue.Describe(body),
        ["shortcut"] = shortcut is null ? null : LayerCatalogue.Describe(shortcut),
        ["activation"] = activation.ToString(),
    };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context) =>
        activation.Apply(body.Forward(input, context) + (shortcut?.Forward(input, context) ?? input));

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        body.Build(input, key.Fold("body"));
        shortcut?.Build(input, key.Fold("shortcut"));
    }

    private string Advice => shortcut is null ? ": give a shortcut that projects the input." : ".";
}
