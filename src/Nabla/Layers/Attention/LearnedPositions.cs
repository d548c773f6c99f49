using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;

namespace Nabla.Layers;

/// <summary>
/// Adds to each step of <c>[batch, time, features]</c> a vector that is learnt for its place (Gehring et al., Convolutional Sequence to Sequence Learning,
/// 2017, arXiv 1705.03122). In a pass with a <see cref="ForwardContext.State"/> places go on behind those of earlier passes. Its parameter
/// <c>positions</c> has the shape <c>[length, features]</c>.
/// </summary>
/// <param name="length">The places that there are vectors for, 1 or more.</param>
public sealed class LearnedPositions(int length) : Layer
{
    private static readonly Initializer Usual = new RandomNormal(Deviation: 0.02);

    private readonly int length = Limits.AtLeast(1, length);
    private Parameter? positions;

    /// <summary>The first vectors; normally distributed with the deviation 0.02 by default.</summary>
    public Initializer PositionsInitializer { get; init; } = Usual;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank == 2 && input[0] <= length && (InputShape is null || input[1] == InputShape[1])
            ? input
            : throw Unfit($"[batch, time, {InputShape?[1].ToString() ?? "features"}] of at most {length} steps", input);
    }

    /// <inheritdoc/>
    public override JsonObject Describe() => new()
    {
        ["length"] = length,
        ["positionsInitializer"] = PositionsInitializer == Usual ? null : InitializerCatalogue.Describe(PositionsInitializer),
    };

    /// <summary>The layer that was described.</summary>
    internal static LearnedPositions Create(JsonAttributes json) => new(json.Integer("length"))
    {
        PositionsInitializer = json.Initializer("positionsInitializer", Usual),
    };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        Tensor table = Built(positions).Value;
        int start = context.State?.Position ?? 0;
        return input.Rank == 3 && input.Shape[2] == table.Shape[1] && start + input.Shape[1] <= length
            ? input + table.Slice(0, start, input.Shape[1])
            : throw Unfit($"[batch, time, {table.Shape[1]}] of at most {length} steps{(start == 0 ? string.Empty : $", {start} of them before,")}", input);
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        positions = Register("positions", PositionsInitializer, [length, input[1]], key);
    }
}
