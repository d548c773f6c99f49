using Nabla.Layers;

namespace Nabla.Graphs.Free;

/// <summary>Networks as graphs whose batch is free, and whose number of tokens too where the network takes shorter sequences.</summary>
internal static class FreeNetwork
{
    private const int FewestSteps = 4;

    /// <summary>The graph of a network in use.</summary>
    /// <param name="network">The network.</param>
    /// <param name="name">What its input is called.</param>
    /// <param name="passes">Rewrites each graph before they are compared; null for nothing.</param>
    /// <param name="freeBatch">Whether the batch is free; else it is 1.</param>
    /// <exception cref="NotSupportedException">What it computes depends on the batch by more than sizes.</exception>
    public static FreeGraph Trace(Sequential network, string name = "input", Func<Graph, Graph>? passes = null, bool freeBatch = true)
    {
        FreeName[] batch = freeBatch ? [new FreeName(FreeName.Batch)] : [];
        return (network.InputType == DataType.Int32 && network.InputShape is { Rank: > 0 } shape && shape[-1] >= FewestSteps
            ? TryTrace(network, name, [.. batch, new FreeName(FreeName.Time, shape[-1])], passes)
            : null) ?? Trace(network, name, batch, passes);
    }

    /// <summary>The graph of a network with chosen free sizes: <c>batch</c>, and <c>time</c> for the last axis of its input.</summary>
    public static FreeGraph Trace(Sequential network, string name, IReadOnlyList<FreeName> free, Func<Graph, Graph>? passes = null)
    {
        FreeSize[] sizes = [1, .. network.InputShape.Select(size => (FreeSize)size)];
        sizes[0] = free.Any(size => size.Name == FreeName.Batch) ? FreeName.Batch : sizes[0];
        sizes[^1] = free.Any(size => size.Name == FreeName.Time) ? FreeName.Time : sizes[^1];
        return FreeGraph.Trace(inputs => [network.Forward(inputs[0])], [new FreeArgument(name, network.InputType, [.. sizes])], free, passes);
    }

    // Some networks take sequences of one length alone, and say so when they are given others.
    private static FreeGraph? TryTrace(Sequential network, string name, IReadOnlyList<FreeName> free, Func<Graph, Graph>? passes)
    {
        try
        {
            return Trace(network, name, free, passes);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
