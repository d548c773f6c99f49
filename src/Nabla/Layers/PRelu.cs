using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;

namespace Nabla.Layers;

/// <summary>
/// x where positive, else slope * x with a slope that is learnt for each channel, the last axis (He et al., Delving Deep into Rectifiers, 2015).
/// Its parameter is <c>slope</c>, at first 0.25.
/// </summary>
public sealed class PRelu : Layer
{
    private Parameter? slope;

    /// <summary>The first slopes; 0.25 by default.</summary>
    public Initializer SlopeInitializer { get; init; } = new Constant(0.25);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank > 0 ? input : throw Unfit("[batch, ..., channels]", input);
    }

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["slopeInitializer"] = InitializerCatalogue.Describe(SlopeInitializer) };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context) => input.Relu() - ((-input).Relu() * Built(slope).Value);

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        slope = Register("slope", SlopeInitializer, [input[-1]], key);
    }
}
