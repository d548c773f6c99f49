using Nabla.Layers;

namespace Nabla.Text;

/// <summary>How a network can be read token by token. It is tried, not told: any layer may be in it.</summary>
/// <param name="TakesParts">Whether it reads texts that are shorter than its window.</param>
/// <param name="HasState">Whether its layers remember what they have seen, so that a step gives what the whole text would.</param>
internal sealed record NetworkReading(bool TakesParts, bool HasState)
{
    private const int ProbeLength = 4;
    private const double Tolerance = 1e-3;

    /// <exception cref="ArgumentException">The network does not read tokens.</exception>
    public static NetworkReading Of(Sequential network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network.InputShape.Rank != 1 || network.InputType != DataType.Int32 || network.OutputShape.Rank is not (1 or 2))
        {
            throw new ArgumentException(
                $"Expected a network from tokens [batch, length] to scores [batch, length, vocabulary] or [batch, vocabulary] but got one from "
                + $"{network.InputType.Label} {Layer.Batched(network.InputShape)} to {Layer.Batched(network.OutputShape)}.",
                nameof(network));
        }

        int length = Math.Clamp(network.InputShape[0] - 1, 1, ProbeLength);
        Tensor probe = Tensor.From([.. Enumerable.Range(1, length).Select(token => token % VocabularyOf(network))]).Reshape(1, length);
        return TryForward(network, probe) is { } whole ? new(true, StepsGive(whole, network, probe)) : new(false, false);
    }

    private static int VocabularyOf(Sequential network) => network.Layers is [Embedding embedding, ..] ? embedding.VocabularySize : network.OutputShape[-1];

    private static Tensor? TryForward(Sequential network, Tensor tokens, DecodingState? state = null)
    {
        try
        {
            return network.Forward(tokens, ForwardContext.Inference.WithState(state));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool StepsGive(Tensor whole, Sequential network, Tensor probe)
    {
        DecodingState state = new();
        Tensor? last = whole;
        for (int place = 0; place < probe.Shape[1] && last is not null; place++)
        {
            last = TryForward(network, probe.Slice(1, place, 1), state);
            state.Advance(1);
        }

        return last is not null && last.ToArray<float>().Zip(whole.ToArray<float>()[^last.Shape[-1]..]).All(pair => AreClose(pair.First, pair.Second));
    }

    private static bool AreClose(float actual, float expected) => Math.Abs(actual - expected) <= Tolerance * (1 + Math.Abs(expected));
}
