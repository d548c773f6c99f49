using Nabla.Layers;

namespace Nabla.Text;

/// <summary>
/// A network over int32 <c>[batch, length]</c> as a step function. Where its layers remember what they have seen, only the new tokens go through it;
/// otherwise all that its window holds go through it again. A text that outgrows the window slides: the oldest tokens are forgotten.
/// </summary>
/// <remarks>
/// A network that gives <c>[batch, length, vocabulary]</c> is read at the last token, one that gives <c>[batch, vocabulary]</c> as it is. One that takes
/// whole windows alone gets them filled up with zeros at the right.
/// </remarks>
public sealed class NetworkSteps : IStepFunction
{
    private readonly Sequential network;
    private readonly NetworkReading reading;
    private readonly int window;
    private int[][] rows = [[]];
    private DecodingState state = new();

    /// <summary>A text that is empty so far.</summary>
    /// <param name="network">The network.</param>
    /// <exception cref="ArgumentException">The network does not read tokens.</exception>
    public NetworkSteps(Sequential network)
        : this(network, NetworkReading.Of(network))
    {
    }

    internal NetworkSteps(Sequential network, NetworkReading reading) => (this.network, this.reading, window) = (network, reading, network.InputShape[0]);

    /// <inheritdoc/>
    public Tensor Step(Tensor tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        int[] added = tokens.ToArray<int>();
        int count = tokens.Shape[1];
        rows = [.. rows.Select((row, index) => row.Concat(added[(index * count)..((index + 1) * count)]).TakeLast(window).ToArray())];
        return reading.HasState ? Continue(tokens) : ReadAll();
    }

    /// <inheritdoc/>
    public void Select(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        this.rows = [.. rows.Select(row => this.rows[row])];
        state.Select([.. rows]);
    }

    private Tensor Continue(Tensor tokens)
    {
        if (state.Position + tokens.Shape[1] > window)
        {
            // A quarter of the window is free again, so that all is read anew but once in so many tokens; a long beginning is seen by a whole window first.
            int kept = state.Position == 0 ? window : Math.Max(1, window - (window / 4));
            state = new DecodingState();
            tokens = Stack(Math.Min(rows[0].Length, kept));
        }

        Tensor output = network.Forward(tokens, ForwardContext.Inference.WithState(state));
        state.Advance(tokens.Shape[1]);
        return Last(output, tokens.Shape[1]);
    }

    private Tensor ReadAll()
    {
        int length = rows[0].Length;
        Tensor tokens = Stack(length);
        return Last(network.Forward(reading.TakesParts ? tokens : tokens.Pad(1, 0, window - length)), length);
    }

    // The last tokens of each row.
    private Tensor Stack(int length) => Tensor.From([.. rows.SelectMany(row => row.TakeLast(length))]).Reshape(rows.Length, length);

    private static Tensor Last(Tensor output, int length) => output.Rank == 2 ? output : output.Slice(1, length - 1, 1).Squeeze(1);
}
