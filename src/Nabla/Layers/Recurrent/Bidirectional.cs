using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>
/// A recurrent layer and a second one like it that walks over the sequences from their ends (Schuster and Paliwal, Bidirectional Recurrent Neural
/// Networks, 1997): from <c>[batch, time, features]</c> to what both give. The end of a sequence is where <see cref="ForwardContext.Lengths"/> says.
/// The two are registered as <c>forward</c> and <c>backward</c>.
/// </summary>
/// <example><code>Bidirectional layer = new(new Lstm(128) { ReturnSequences = true }); // [batch, time, features] to [batch, time, 256]</code></example>
public sealed class Bidirectional : Layer
{
    private readonly RecurrentLayer forward;
    private readonly RecurrentLayer backward;
    private readonly BidirectionalMerge merge;

    /// <summary>A layer and its like from the other end.</summary>
    /// <param name="layer">The layer that walks forward; the other one has all its options.</param>
    /// <param name="merge">How the two outputs become one.</param>
    /// <exception cref="ArgumentException">The layer goes backwards itself.</exception>
    public Bidirectional(RecurrentLayer layer, BidirectionalMerge merge = BidirectionalMerge.Concatenate)
        : this(layer, Turned(layer), merge)
    {
    }

    /// <summary>Two layers of one's own choice.</summary>
    /// <param name="forward">The layer that walks forward.</param>
    /// <param name="backward">The layer that goes backwards.</param>
    /// <param name="merge">How the two outputs become one.</param>
    /// <exception cref="ArgumentException">The layers do not go these ways, or one returns sequences and the other does not.</exception>
    public Bidirectional(RecurrentLayer forward, RecurrentLayer backward, BidirectionalMerge merge = BidirectionalMerge.Concatenate)
    {
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentNullException.ThrowIfNull(backward);
        if (forward.GoBackwards || !backward.GoBackwards || forward.ReturnSequences != backward.ReturnSequences)
        {
            throw new ArgumentException(
                $"Bidirectional expects a layer forward and one with GoBackwards, both with ReturnSequences or both without, but got {Ways(forward)} and {Ways(backward)}.");
        }

        this.merge = Enum.IsDefined(merge) ? merge : throw new ArgumentOutOfRangeException(nameof(merge), merge, "There is no such merge.");
        this.forward = Register("forward", forward);
        this.backward = Register("backward", backward);
    }

    /// <summary>The layer that walks forward.</summary>
    public RecurrentLayer ForwardLayer => forward;

    /// <summary>The layer that goes backwards.</summary>
    public RecurrentLayer BackwardLayer => backward;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        (Shape first, Shape second) = (forward.OutputShape(input), backward.OutputShape(input));
        return merge == BidirectionalMerge.Concatenate ? first.With(-1, first[-1] + second[-1])
            : first == second ? first
            : throw new ArgumentException($"{Label} expects layers of one size to {merge} but got {Batched(first)} and {Batched(second)}.");
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => forward.MultiplyAdds(input) + backward.MultiplyAdds(input);

    /// <inheritdoc/>
    public override JsonObject Describe() => new()
    {
        ["forward"] = LayerCatalogue.Describe(forward),
        ["backward"] = LayerCatalogue.Describe(backward),
        ["merge"] = merge.ToString(),
    };

    /// <summary>The layer that was described.</summary>
    internal static Bidirectional Create(JsonAttributes json) => new(
        json.Layer("forward") as RecurrentLayer ?? throw json.Error("forward", "a recurrent layer"),
        json.Layer("backward") as RecurrentLayer ?? throw json.Error("backward", "a recurrent layer"),
        json.Choice<BidirectionalMerge>("merge"));

    /// <summary>Walks over sequences both ways from states, and gives the merged states of all steps and the last one each way.</summary>
    /// <param name="input">The sequences <c>[batch, time, features]</c>.</param>
    /// <param name="forwardState">The state before the first step of the layer that walks forward; zeros by default.</param>
    /// <param name="backwardState">The state behind the last step, from which the other one begins; zeros by default.</param>
    /// <param name="lengths">The int32 lengths of the sequences <c>[batch]</c>; steps from there on keep the state. By default all are full.</param>
    /// <exception cref="ArgumentException">A tensor has another shape, which the message quotes, or a state has no cells though the layer has them.</exception>
    /// <example><code>BidirectionalOutput output = layer.Run(input); // output.Forward and output.Backward begin the states of a decoder</code></example>
    public BidirectionalOutput Run(Tensor input, RecurrentState? forwardState = null, RecurrentState? backwardState = null, Tensor? lengths = null)
    {
        RecurrentOutput first = forward.Run(input, forwardState, lengths);
        RecurrentOutput second = backward.Run(input, backwardState, lengths);
        return new(Merge(first.Sequence, second.Sequence), first.State, second.State);
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context) => Merge(forward.Forward(input, context), backward.Forward(input, context));

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        forward.Build(input, key.Fold("forward"));
        backward.Build(input, key.Fold("backward"));
    }

    private Tensor Merge(Tensor first, Tensor second) => merge switch
    {
        BidirectionalMerge.Sum => first + second,
        BidirectionalMerge.Average => (first + second) * 0.5,
        BidirectionalMerge.Multiply => first * second,
        _ => ShapeOps.Concatenate(-1, first, second),
    };

    private static RecurrentLayer Turned(RecurrentLayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (layer.GoBackwards)
        {
            throw new ArgumentException("Bidirectional expects the layer that walks forward but got one with GoBackwards.", nameof(layer));
        }

        JsonObject description = LayerCatalogue.Describe(layer);
        description["goBackwards"] = true;
        description.Remove("name");
        return (RecurrentLayer)LayerCatalogue.Create([description])[0];
    }

    private static string Ways(RecurrentLayer layer) =>
        $"{layer.Kind} {(layer.GoBackwards ? "backwards" : "forward")} with{(layer.ReturnSequences ? string.Empty : "out")} ReturnSequences";
}
