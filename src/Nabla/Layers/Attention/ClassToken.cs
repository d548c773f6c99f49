using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;

namespace Nabla.Layers;

/// <summary>
/// Puts a learnt vector before the first step of each sequence, <c>[batch, time, features]</c> to <c>[batch, time + 1, features]</c>: what a Transformer
/// gathers there stands for the whole sequence (Dosovitskiy et al., An Image is Worth 16x16 Words, 2021, arXiv 2010.11929). Its parameter <c>token</c>
/// has the shape <c>[features]</c>.
/// </summary>
public sealed class ClassToken : Layer
{
    private static readonly Initializer Usual = new RandomNormal(Deviation: 0.02);

    private Parameter? token;

    /// <summary>The first vector; normally distributed with the deviation 0.02 by default.</summary>
    public Initializer TokenInitializer { get; init; } = Usual;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank == 2 && (InputShape is null || input[1] == InputShape[1])
            ? [checked(input[0] + 1), input[1]]
            : throw Unfit($"[batch, time, {InputShape?[1].ToString() ?? "features"}]", input);
    }

    /// <inheritdoc/>
    public override JsonObject Describe() =>
        new() { ["tokenInitializer"] = TokenInitializer == Usual ? null : InitializerCatalogue.Describe(TokenInitializer) };

    /// <summary>The layer that was described.</summary>
    internal static ClassToken Create(JsonAttributes json) => new() { TokenInitializer = json.Initializer("tokenInitializer", Usual) };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        Tensor vector = Built(token).Value;
        return input.Rank == 3 && input.Shape[2] == vector.Shape[0]
            ? ShapeOps.Concatenate(1, vector.Reshape(1, 1, -1).BroadcastTo([input.Shape[0], 1, vector.Shape[0]]), input)
            : throw Unfit($"[batch, time, {vector.Shape[0]}]", input);
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        token = Register("token", TokenInitializer, [input[1]], key);
    }
}
