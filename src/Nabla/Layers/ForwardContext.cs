namespace Nabla.Layers;

/// <summary>What a forward pass needs to know beside its input, and what it wants to change when the pass is over.</summary>
public sealed class ForwardContext
{
    private readonly List<KeyValuePair<Parameter, Tensor>> updates;
    private readonly List<Tensor> losses;

    /// <summary>A pass.</summary>
    /// <param name="training">Whether the model is being trained: then dropout drops and batch normalisation learns.</param>
    /// <param name="key">Where random layers take their numbers from; each folds it with its name.</param>
    public ForwardContext(bool training, RandomKey key)
    {
        (Training, Key) = (training, key);
        updates = [];
        losses = [];
    }

    private ForwardContext(ForwardContext other)
    {
        (Training, Key, updates, losses, Observer) = (other.Training, other.Key, other.updates, other.losses, other.Observer);
        (Lengths, Memory, State) = (other.Lengths, other.Memory, other.State);
    }

    /// <summary>A pass that uses the model as it is.</summary>
    public static ForwardContext Inference { get; } = new(training: false, default);

    /// <summary>Whether the model is being trained.</summary>
    public bool Training { get; }

    /// <summary>Where random layers take their numbers from.</summary>
    public RandomKey Key { get; }

    /// <summary>The int32 lengths <c>[batch]</c> of the sequences that a layer is given; what stands behind is no part of them. Null when all are full.</summary>
    public Tensor? Lengths { get; private init; }

    /// <summary>The sequences that a decoder looks at beside its own; null for none.</summary>
    public SequenceMemory? Memory { get; private init; }

    /// <summary>What layers remember of the steps before, where sequences are gone through in several passes; null where a pass sees them whole.</summary>
    public DecodingState? State { get; private init; }

    /// <summary>The values that parameters which no gradient changes, such as running means, are to have after the step.</summary>
    public IReadOnlyList<KeyValuePair<Parameter, Tensor>> Updates => updates;

    /// <summary>What modules of the model have added to the loss of each sample, <c>[batch]</c> each.</summary>
    public IReadOnlyList<Tensor> Losses => losses;

    /// <summary>Follows the pass from module to module.</summary>
    internal ForwardObserver? Observer { get; init; }

    /// <summary>The same pass for layers whose input has other lengths.</summary>
    public ForwardContext WithLengths(Tensor? lengths) => ReferenceEquals(lengths, Lengths) ? this : new(this) { Lengths = lengths };

    /// <summary>The same pass for a decoder that looks at a memory.</summary>
    public ForwardContext WithMemory(SequenceMemory? memory) => new(this) { Memory = memory };

    /// <summary>The same pass as one of several over the same sequences.</summary>
    public ForwardContext WithState(DecodingState? state) => new(this) { State = state };

    /// <summary>The same pass, followed by somebody else.</summary>
    internal ForwardContext WithObserver(ForwardObserver? observer) => new(this) { Observer = observer };

    /// <summary>
    /// Adds to what training makes small beside the loss of the answers, such as how far a layer is from what a teacher's layer gives. It counts in the
    /// training loss that is reported.
    /// </summary>
    /// <param name="perSample">The loss of each sample, <c>[batch]</c>.</param>
    /// <exception cref="InvalidOperationException">The model is not being trained.</exception>
    public void AddLoss(Tensor perSample)
    {
        ArgumentNullException.ThrowIfNull(perSample);
        losses.Add(Training ? perSample : throw new InvalidOperationException("A pass that does not train has no loss to add to."));
    }

    /// <summary>Asks for a new value of a parameter. Nothing changes before <see cref="ApplyUpdates"/>, so a failed step leaves the model whole.</summary>
    /// <exception cref="InvalidOperationException">The model is not being trained.</exception>
    public void Update(Parameter parameter, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(value);
        updates.Add(Training
            ? KeyValuePair.Create(parameter, value)
            : throw new InvalidOperationException($"A pass that does not train cannot change parameter '{parameter.Name}'."));
    }

    /// <summary>Sets all values that were asked for.</summary>
    public void ApplyUpdates()
    {
        foreach ((Parameter parameter, Tensor value) in updates)
        {
            parameter.Value = value;
        }

        updates.Clear();
    }
}
