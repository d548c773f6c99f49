namespace Nabla.Layers;

/// <summary>What a forward pass needs to know beside its input, and what it wants to change when the pass is over.</summary>
/// <param name="training">Whether the model is being trained: then dropout drops and batch normalisation learns.</param>
/// <param name="key">Where random layers take their numbers from; each folds it with its name.</param>
public sealed class ForwardContext(bool training, RandomKey key)
{
    private readonly List<KeyValuePair<Parameter, Tensor>> updates = [];

    /// <summary>A pass that uses the model as it is.</summary>
    public static ForwardContext Inference { get; } = new(training: false, default);

    /// <summary>Whether the model is being trained.</summary>
    public bool Training => training;

    /// <summary>Where random layers take their numbers from.</summary>
    public RandomKey Key => key;

    /// <summary>The values that parameters which no gradient changes, such as running means, are to have after the step.</summary>
    public IReadOnlyList<KeyValuePair<Parameter, Tensor>> Updates => updates;

    /// <summary>Follows the pass from module to module.</summary>
    internal ForwardObserver? Observer { get; init; }

    /// <summary>Asks for a new value of a parameter. Nothing changes before <see cref="ApplyUpdates"/>, so a failed step leaves the model whole.</summary>
    /// <exception cref="InvalidOperationException">The model is not being trained.</exception>
    public void Update(Parameter parameter, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(value);
        updates.Add(training
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
