using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>Takes away steps at both ends of sequences <c>[batch, time, channels]</c>.</summary>
/// <param name="before">The first steps to take away, 0 or more.</param>
/// <param name="after">The last steps to take away, 0 or more.</param>
public sealed class Cropping1D(int before, int after) : SequenceLayer
{
    private readonly int before = Limits.AtLeast(0, before);
    private readonly int after = Limits.AtLeast(0, after);

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["before"] = before, ["after"] = after };

    private protected override int StepsOf(Shape input) => input[0] > (long)before + after
        ? input[0] - before - after
        : throw Unfit($"{Sequences} of more than the {before} and {after} steps that it takes away", input);

    private protected override Tensor Move(Tensor sequences) => sequences.Slice(1, before, StepsOf([.. sequences.Shape.Skip(1)]));
}
