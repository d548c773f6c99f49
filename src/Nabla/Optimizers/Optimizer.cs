using Nabla.Layers;

namespace Nabla.Optimizers;

/// <summary>Changes parameters by their gradients. Its state has a name for each tensor, so that training can stop and go on.</summary>
/// <param name="learningRate">How far one step goes.</param>
public abstract class Optimizer(double learningRate)
{
    private readonly OrderedDictionary<string, Tensor> state = [];

    /// <summary>How far one step goes; may change between steps.</summary>
    public double LearningRate { get; set; } = learningRate;

    /// <summary>The steps taken.</summary>
    public int Step { get; private set; }

    /// <summary>What the optimizer remembers, as <c>parameter/slot</c>.</summary>
    public IReadOnlyDictionary<string, Tensor> State => state;

    /// <summary>Takes one step.</summary>
    /// <param name="parameters">Names and parameters.</param>
    /// <param name="gradients">A gradient for each parameter.</param>
    public void Apply(IReadOnlyList<KeyValuePair<string, Parameter>> parameters, IReadOnlyList<Tensor> gradients)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(gradients);
        Step++;
        for (int index = 0; index < parameters.Count; index++)
        {
            (string name, Parameter parameter) = parameters[index];
            parameter.Value = Update(name, parameter.Value, gradients[index]);
        }
    }

    /// <summary>Goes on where another optimizer stopped.</summary>
    /// <param name="step">The steps it had taken.</param>
    /// <param name="saved">Its state.</param>
    public void Restore(int step, IEnumerable<KeyValuePair<string, Tensor>> saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        Step = step;
        state.Clear();
        foreach ((string name, Tensor tensor) in saved)
        {
            state[name] = tensor;
        }
    }

    /// <summary>The new value of a parameter.</summary>
    protected abstract Tensor Update(string name, Tensor value, Tensor gradient);

    /// <summary>A remembered tensor; zeros at first.</summary>
    protected Tensor Slot(string name, string slot, Tensor like) =>
        state.TryGetValue($"{name}/{slot}", out Tensor? found) ? found : Tensor.Zeros(like.Shape, like.DataType);

    /// <summary>Remembers a tensor.</summary>
    protected Tensor Keep(string name, string slot, Tensor value) => state[$"{name}/{slot}"] = value;
}
