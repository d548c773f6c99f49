using System.Globalization;

namespace Nabla.Training;

/// <summary>
/// Gives the model the mean of the weights at the ends of the last epochs when training is over, whenever that is; running means of layers are averaged
/// too. The mean of checkpoints often translates better than the last (Vaswani et al., Attention Is All You Need, 2017, section 6.1). It stands behind
/// <see cref="EarlyStopping"/> among the callbacks, which gives the model other weights. <see cref="StochasticWeightAverage"/> needs no memory
/// for each epoch but must know from where on.
/// </summary>
/// <param name="epochs">How many epochs, 1 or more; all if there are fewer. Each keeps a copy of the weights in memory, and in checkpoints.</param>
public sealed class LastEpochsAverage(int epochs) : Callback, IStatefulCallback
{
    private readonly int epochs = Limits.AtLeast(1, epochs);
    private readonly Queue<IReadOnlyDictionary<string, Tensor>> last = [];

    /// <inheritdoc/>
    public string StateName { get; init; } = "last_epochs_average";

    /// <inheritdoc/>
    public override void OnEpochEnd(Trainer trainer, EpochResult result)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        last.Enqueue(trainer.Model.State());
        if (last.Count > epochs)
        {
            last.Dequeue();
        }
    }

    /// <inheritdoc/>
    public override void OnTrainingEnd(Trainer trainer)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        WeightAverage average = new();
        foreach (IReadOnlyDictionary<string, Tensor> weights in last)
        {
            average.Add(weights, 1.0 / (average.Count + 1));
        }

        average.GiveTo(trainer.Model);
    }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, Tensor>> SaveState() => last.SelectMany((weights, index) => weights.Select(pair =>
        KeyValuePair.Create(string.Create(CultureInfo.InvariantCulture, $"{index}/{pair.Key}"), pair.Value)));

    /// <inheritdoc/>
    public void RestoreState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        last.Clear();
        foreach (IGrouping<int, (int Index, string Name, Tensor Value)> weights in state.Select(Read).GroupBy(item => item.Index).OrderBy(group => group.Key))
        {
            last.Enqueue(weights.ToDictionary(item => item.Name, item => item.Value));
        }
    }

    private static (int Index, string Name, Tensor Value) Read(KeyValuePair<string, Tensor> pair)
    {
        int slash = pair.Key.IndexOf('/', StringComparison.Ordinal);
        return (int.Parse(pair.Key.AsSpan(0, slash), CultureInfo.InvariantCulture), pair.Key[(slash + 1)..], pair.Value);
    }
}
