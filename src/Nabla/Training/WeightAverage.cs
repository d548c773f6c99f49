using Nabla.Layers;

namespace Nabla.Training;

/// <summary>A running mean of all parameters of a model; those that are not floating-point are taken as they are.</summary>
internal sealed class WeightAverage
{
    private const string Prefix = "weights/";

    private Dictionary<string, Tensor> weights = [];

    /// <summary>How often weights were added.</summary>
    public int Count { get; private set; }

    /// <summary>The mean by the names of the parameters.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights => weights;

    /// <summary>Moves the mean towards the weights of a model: the first time all the way, then by a share.</summary>
    public void Add(Module model, double share) => Add(model.State(), share);

    /// <summary>Moves the mean towards weights by the names of their parameters.</summary>
    public void Add(IEnumerable<KeyValuePair<string, Tensor>> state, double share)
    {
        foreach ((string name, Tensor value) in state)
        {
            weights[name] = weights.TryGetValue(name, out Tensor? mean) && value.DataType.IsFloating ? mean + ((value - mean) * share) : value;
        }

        Count++;
    }

    /// <summary>Gives a model the mean, if there is one.</summary>
    public void GiveTo(Module model)
    {
        if (Count > 0)
        {
            model.Load(weights);
        }
    }

    public IEnumerable<KeyValuePair<string, Tensor>> SaveState() =>
        weights.Select(pair => KeyValuePair.Create(Prefix + pair.Key, pair.Value)).Prepend(KeyValuePair.Create("count", Tensor.Scalar(Count)));

    public void RestoreState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Count = state["count"].Item<int>();
        weights = state
            .Where(pair => pair.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key[Prefix.Length..], pair => pair.Value);
    }
}
