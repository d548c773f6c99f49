using Nabla.Layers;

namespace Nabla.Text;

/// <summary>The decoder of a network as a step function: sentences are encoded once, then each token goes through the decoder alone.</summary>
/// <param name="network">The network.</param>
/// <param name="sentences">Their tokens, int32 <c>[rows, length]</c>, filled up with 0 at the right.</param>
internal sealed class DecoderSteps(EncoderDecoder network, Tensor sentences) : IStepFunction
{
    private readonly DecodingState state = new();
    private readonly SequenceMemory memory = network.Encode(sentences);

    /// <inheritdoc/>
    public Tensor Step(Tensor tokens)
    {
        int count = tokens.Shape[1];
        Tensor logits = network.Decode(tokens, memory, ForwardContext.Inference.WithState(state));
        state.Advance(count);
        return logits.Slice(1, count - 1, 1).Squeeze(1);
    }

    /// <inheritdoc/>
    public void Select(IReadOnlyList<int> rows) => state.Select([.. rows]);
}
