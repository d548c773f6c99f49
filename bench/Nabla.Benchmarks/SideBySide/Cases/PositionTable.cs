using System.Text.Json.Nodes;
using Nabla.Layers;
using Nabla.Layers.Initializers;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>Adds a vector that is learnt to each position of a sequence.</summary>
internal sealed class PositionTable : Layer
{
    private Nabla.Layers.Parameter? positions;

    public override Shape OutputShape(Shape input) => input;

    public override JsonObject Describe() => [];

    protected override Tensor Compute(Tensor input, ForwardContext context) => input + Built(positions).Value;

    protected override void CreateParameters(Shape input, RandomKey key) => positions = Register("positions", new RandomUniform(), input, key);
}
