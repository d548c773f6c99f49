using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>Repeats each step of sequences: <c>[batch, time, channels]</c> to <c>[batch, time * factor, channels]</c>.</summary>
/// <param name="factor">The steps that each one becomes, 1 or more.</param>
public sealed class UpSampling1D(int factor) : SequenceLayer
{
    private readonly int factor = Limits.AtLeast(1, factor);

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["factor"] = factor };

    private protected override int StepsOf(Shape input) => checked(input[0] * factor);

    private protected override Tensor Move(Tensor sequences)
    {
        (int batch, int time, int channels) = (sequences.Shape[0], sequences.Shape[1], sequences.Shape[2]);
        return sequences.ExpandDimensions(2).BroadcastTo([batch, time, factor, channels]).Reshape(batch, time * factor, channels);
    }
}
