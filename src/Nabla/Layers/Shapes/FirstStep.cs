using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>
/// The first step of each sequence alone: <c>[batch, time, features]</c> to <c>[batch, features]</c>. In BERT and ViT it stands for the whole (Devlin et
/// al., 2019, arXiv 1810.04805; Dosovitskiy et al., 2021, arXiv 2010.11929).
/// </summary>
public sealed class FirstStep : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank == 2 && input[0] > 0 ? [input[1]] : throw Unfit("[batch, time, features] of at least one step", input);
    }

    /// <inheritdoc/>
    public override JsonObject Describe() => [];

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context) => input.Rank == 3 && input.Shape[1] > 0
        ? input.Slice(1, 0, 1).Squeeze(1)
        : throw Unfit("[batch, time, features] of at least one step", input);
}
