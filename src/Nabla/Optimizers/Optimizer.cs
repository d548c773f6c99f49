using Nabla.Graphs;
using Nabla.Layers;
using Nabla.Schedules;
using Nabla.Transforms;

namespace Nabla.Optimizers;

/// <summary>
/// Changes parameters by their gradients. What it remembers has a name for each tensor, <c>parameter/slot</c>, so that training can stop and go on.
/// </summary>
public abstract class Optimizer
{
    private readonly OrderedDictionary<string, Cell> state = [];
    private readonly List<KeyValuePair<Cell, Tensor>> kept = [];
    private readonly GroupNumbers numbers;
    private Tensor? numbersOfParameter;
    private double learningRate;

    /// <summary>An optimizer that has taken no step.</summary>
    /// <param name="learningRate">How far one step goes, 0 or more.</param>
    protected Optimizer(double learningRate)
    {
        this.learningRate = Limits.NotNegative(learningRate);
        numbers = new GroupNumbers(() => Groups, factors => Numbers(LearningRate * factors.LearningRate, WeightDecay * factors.WeightDecay));
    }

    /// <summary>How far one step goes, 0 or more; may change between steps. A <see cref="Schedule"/> sets it before each step.</summary>
    public double LearningRate
    {
        get => learningRate;
        set => learningRate = Limits.NotNegative(value, nameof(learningRate));
    }

    /// <summary>The learning rate of each step, in the place of a fixed one; null for none.</summary>
    public Schedule? Schedule
    {
        get;
        init
        {
            field = value;
            LearningRate = value?.At(0) ?? LearningRate;
        }
    }

    /// <summary>
    /// How strongly values are pulled to 0, 0 or more. <see cref="AdamW"/> and <see cref="Lion"/> take this share, times the learning rate, off the
    /// value (decoupled decay); the others add it, times the value, to the gradient (an L2 penalty).
    /// </summary>
    public double WeightDecay { get; init => field = Limits.NotNegative(value, nameof(WeightDecay)); }

    /// <summary>
    /// Parameters that learn faster or slower than the others, or whose weights decay otherwise; none by default. A parameter that no group matches learns at
    /// <see cref="LearningRate"/>.
    /// </summary>
    public IReadOnlyList<ParameterGroup> Groups { get; init => field = [.. value ?? throw new ArgumentNullException(nameof(Groups))]; } = [];

    /// <summary>The largest size of each number of a gradient: larger ones are cut; null for no limit.</summary>
    public double? ClipValue { get; init => field = Above0(value, nameof(ClipValue)); }

    /// <summary>The largest norm of the gradient of a parameter: longer ones are shortened, in their direction; null for no limit.</summary>
    public double? ClipNorm { get; init => field = Above0(value, nameof(ClipNorm)); }

    /// <summary>
    /// The largest norm of the gradients of all parameters together: longer ones are shortened, in their direction; null for no limit
    /// (Pascanu et al., On the Difficulty of Training Recurrent Neural Networks, 2013).
    /// </summary>
    public double? ClipGlobalNorm { get; init => field = Above0(value, nameof(ClipGlobalNorm)); }

    /// <summary>The steps taken.</summary>
    public int Step { get; private set; }

    /// <summary>What the optimizer remembers, as <c>parameter/slot</c>.</summary>
    public IReadOnlyDictionary<string, Tensor> State =>
        new OrderedDictionary<string, Tensor>(state.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Value)));

    /// <summary>
    /// The numbers of this step for the parameter that is being changed, float64: the learning rate is the first, unless an optimizer has others.
    /// </summary>
    private protected Tensor StepNumbers => numbersOfParameter ?? throw new InvalidOperationException("No step was begun.");

    /// <summary>Takes one step: all parameters get their new values, or none when something does not fit.</summary>
    /// <param name="parameters">Names and parameters.</param>
    /// <param name="gradients">A gradient for each parameter, of its type and shape.</param>
    /// <exception cref="ArgumentException">A gradient is missing or does not fit; nothing was changed.</exception>
    public void Apply(IReadOnlyList<KeyValuePair<string, Parameter>> parameters, IReadOnlyList<Tensor> gradients)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(gradients);
        if (Tracer.Current is not null)
        {
            throw new InvalidOperationException("A step of an optimizer cannot be compiled by hand, since it counts: let the trainer compile it.");
        }

        Check(parameters, gradients);
        Apply(parameters, [.. gradients.Select(gradient => new ParameterGradient(gradient))]);
    }

    /// <summary>Takes one step with gradients of which some are rows.</summary>
    internal void Apply(IReadOnlyList<KeyValuePair<string, Parameter>> parameters, ParameterGradient[] gradients)
    {
        Advance();
        Change(parameters, gradients);
    }

    /// <summary>Goes on where another optimizer stopped.</summary>
    /// <param name="step">The steps it had taken.</param>
    /// <param name="saved">Its state.</param>
    public void Restore(int step, IEnumerable<KeyValuePair<string, Tensor>> saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        Step = Limits.AtLeast(0, step);
        KeyValuePair<string, Cell>[] restored = [.. saved.Select(pair => KeyValuePair.Create(pair.Key, Restored(pair.Key, pair.Value)))];
        state.Clear();
        foreach ((string name, Cell cell) in restored)
        {
            state[name] = cell;
        }
    }

    /// <summary>Counts the next step and sets its numbers. A compiled step is begun so before it runs.</summary>
    internal void Advance()
    {
        LearningRate = Schedule?.At(Step) ?? LearningRate;
        Step++;
        numbers.Advance();
    }

    /// <summary>Computes the new values of all parameters, then sets them: tensors alone, so that it can be traced.</summary>
    internal void Change(IReadOnlyList<KeyValuePair<string, Parameter>> parameters, IReadOnlyList<ParameterGradient> gradients)
    {
        kept.Clear();

        // The rows that are left out are zero: norms are those of the whole gradients.
        Tensor[] clipped = GradientClipping.Clip([.. gradients.Select(gradient => gradient.Values)], ClipValue, ClipNorm, ClipGlobalNorm);
        Tensor[] values = [.. parameters.Select((pair, index) => NewValue(pair.Key, pair.Value.Original, new ParameterGradient(clipped[index], gradients[index].Rows)))];
        numbersOfParameter = null;
        for (int index = 0; index < values.Length; index++)
        {
            parameters[index].Value.Value = values[index];
        }

        foreach ((Cell cell, Tensor value) in kept)
        {
            cell.Value = value;
        }
    }

    /// <summary>The new value of a parameter. What is kept becomes the state when all parameters are done.</summary>
    /// <param name="name">The name of the parameter.</param>
    /// <param name="value">Its value.</param>
    /// <param name="gradient">Its gradient, clipped.</param>
    protected abstract Tensor Update(string name, Tensor value, Tensor gradient);

    /// <summary>As <see cref="Update"/> for a gradient of rows; where an optimizer knows nothing better, the whole gradient is made of them.</summary>
    private protected virtual Tensor UpdateRows(string name, Tensor value, ParameterGradient gradient) => Update(name, value, gradient.Whole(value.Type));

    /// <summary>
    /// The learning rate of this step for the parameter that is being changed, with the factors of its <see cref="Groups"/>: a scalar of the type of a
    /// tensor. A compiled step reads it anew, where <see cref="LearningRate"/> is a constant.
    /// </summary>
    protected Tensor RateFor(Tensor like)
    {
        ArgumentNullException.ThrowIfNull(like);
        return StepNumbers.Slice(0, 0, 1).Reshape().To(like.DataType);
    }

    /// <summary>A remembered tensor; zeros at first.</summary>
    protected Tensor Slot(string name, string slot, Tensor like)
    {
        ArgumentNullException.ThrowIfNull(like);
        return CellOf($"{name}/{slot}", like.Type).Value;
    }

    /// <summary>Remembers a tensor from the next step on.</summary>
    protected Tensor Keep(string name, string slot, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        kept.Add(KeyValuePair.Create(CellOf($"{name}/{slot}", value.Type), value));
        return value;
    }

    /// <summary>The numbers of the step that was begun, for parameters of a learning rate and a weight decay.</summary>
    private protected virtual double[] Numbers(double learningRate, double weightDecay) => [learningRate];

    private Tensor NewValue(string name, Tensor value, ParameterGradient gradient)
    {
        numbersOfParameter = numbers.Of(name);
        return gradient.Rows is null ? Update(name, value, gradient.Values) : UpdateRows(name, value, gradient);
    }

    private static double? Above0(double? value, string name) => value is { } limit ? Limits.Positive(limit, name) : null;

    private static void Check(IReadOnlyList<KeyValuePair<string, Parameter>> parameters, IReadOnlyList<Tensor> gradients)
    {
        if (parameters.Count != gradients.Count)
        {
            throw new ArgumentException($"There are {parameters.Count} parameters but {gradients.Count} gradients.", nameof(gradients));
        }

        for (int index = 0; index < gradients.Count; index++)
        {
            (string name, Parameter parameter) = parameters[index];
            TensorType? given = gradients[index]?.Type;
            if (given != parameter.Type)
            {
                throw new ArgumentException($"The gradient of '{name}' must be {parameter.Type} but is {given?.ToString() ?? "null"}.");
            }
        }
    }

    private Cell CellOf(string name, TensorType type)
    {
        if (!state.TryGetValue(name, out Cell? cell))
        {
            return state[name] = new Cell(name, Tensor.Zeros(type.Shape, type.DataType));
        }

        return cell.Type == type
            ? cell
            : throw new InvalidOperationException(
                $"The optimizer remembers '{name}' as {cell.Type}, but the parameter is {type}: its state is of another model.");
    }

    // A cell that a compiled step knows stays the same one.
    private Cell Restored(string name, Tensor value)
    {
        if (state.TryGetValue(name, out Cell? cell) && cell.Type == value.Type)
        {
            cell.Value = value;
            return cell;
        }

        return new Cell(name, value);
    }
}
