using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>Adds steps of zeros before and behind sequences <c>[batch, time, channels]</c>.</summary>
/// <param name="before">The steps before the first, 0 or more.</param>
/// <param name="after">The steps behind the last, 0 or more.</param>
public sealed class ZeroPadding1D(int before, int after) : SequenceLayer
{
    private readonly int before = Limits.AtLeast(0, before);
    private readonly int after = Limits.AtLeast(0, after);

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["before"] = before, ["after"] = after };

    private protected override int StepsOf(Shape input) => checked(before + input[0] + after);

    private protected override Tensor Move(Tensor sequences) => sequences.Pad(1, before, after);
}
