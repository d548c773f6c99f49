using Nabla.Layers;

namespace Nabla.Training;

/// <summary>A part of a checkpoint.</summary>
/// <param name="Name">What the names of its tensors begin with.</param>
/// <param name="Save">Gives its tensors, with whole names.</param>
/// <param name="Restore">Checks tensors, whose names lack the beginning, and gives what puts them in place.</param>
internal sealed record CheckpointPart(
    string Name,
    Func<FitState, IEnumerable<KeyValuePair<string, Tensor>>> Save,
    Func<FitState, IReadOnlyDictionary<string, Tensor>, Func<string, Exception>, Action> Restore);

/// <summary>What checkpoints consist of.</summary>
internal static class CheckpointParts
{
    /// <summary>All parts, in the order of the file.</summary>
    public static IReadOnlyList<CheckpointPart> All { get; } =
    [
        new("model", SaveModel, RestoreModel),
        new("optimizer", SaveOptimizer, RestoreOptimizer),
        new("metric", SaveMetrics, RestoreMetrics),
        new("callback", SaveCallbacks, RestoreCallbacks),
    ];

    private static IEnumerable<KeyValuePair<string, Tensor>> SaveModel(FitState state) =>
        state.Trainer.Model.NamedParameters.Select(pair => KeyValuePair.Create($"model/{pair.Key}", pair.Value.Original));

    private static Action RestoreModel(FitState state, IReadOnlyDictionary<string, Tensor> saved, Func<string, Exception> error)
    {
        KeyValuePair<string, Parameter>[] parameters = [.. state.Trainer.Model.NamedParameters];
        Tensor[] values = Array.ConvertAll(parameters, pair => saved.TryGetValue(pair.Key, out Tensor? tensor) && tensor.Type == pair.Value.Type
            ? tensor
            : throw error($"it is of another model: expected '{pair.Key}' of {pair.Value.Type}, got {tensor?.Type.ToString() ?? "none"}"));
        string? foreign = saved.Keys.Except(parameters.Select(pair => pair.Key)).FirstOrDefault();
        return foreign is null
            ? () => parameters.Zip(values).ToList().ForEach(pair => pair.First.Value.Value = pair.Second)
            : throw error($"it is of another model: it has '{foreign}', which this model has not");
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> SaveOptimizer(FitState state) =>
        state.Trainer.Optimizer.State.Select(pair => KeyValuePair.Create($"optimizer/{pair.Key}", pair.Value));

    private static Action RestoreOptimizer(FitState state, IReadOnlyDictionary<string, Tensor> saved, Func<string, Exception> error)
    {
        HashSet<string> parameters = [.. state.Trainer.Model.NamedParameters.Select(pair => pair.Key)];
        string? foreign = saved.Keys.FirstOrDefault(name => !parameters.Contains(name[..Math.Max(0, name.LastIndexOf('/'))]));
        return foreign is null
            ? () => state.Trainer.Optimizer.Restore(state.Options.Resume!.Step, saved)
            : throw error($"its optimizer remembers '{foreign}', which belongs to no parameter of this model");
    }

    // Between epochs the metrics begin anew.
    private static IEnumerable<KeyValuePair<string, Tensor>> SaveMetrics(FitState state) => state.Batches == 0
        ? []
        : state.Scores.SaveMetrics().Select(pair => KeyValuePair.Create($"metric/{pair.Key}", Tensor.From(pair.Value)));

    private static Action RestoreMetrics(FitState state, IReadOnlyDictionary<string, Tensor> saved, Func<string, Exception> error)
    {
        string[] names = [.. state.Trainer.Metrics.Select(metric => metric.Name)];
        string? odd = saved.Keys.Except(names).FirstOrDefault() ?? saved.FirstOrDefault(pair => pair.Value.DataType != DataType.Float64).Key;
        return odd is null
            ? () => state.Scores.RestoreMetrics(saved.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray<double>()))
            : throw error($"it has figures of a metric '{odd}', but this run has {string.Join(", ", names)}");
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> SaveCallbacks(FitState state) => state.Stateful.SelectMany(
        callback => callback.SaveState().Select(pair => KeyValuePair.Create($"callback/{callback.StateName}/{pair.Key}", pair.Value)));

    private static Action RestoreCallbacks(FitState state, IReadOnlyDictionary<string, Tensor> saved, Func<string, Exception> error)
    {
        HashSet<string> known = [.. state.Options.Resume!.Progress.Callbacks];
        string? lost = known.Except(state.Stateful.Select(callback => callback.StateName)).FirstOrDefault();
        return lost is null
            ? () => Restore(state.Stateful.Where(callback => known.Contains(callback.StateName)), saved)
            : throw error($"it has the state of a callback '{lost}', but no such callback follows this run");
    }

    private static void Restore(IEnumerable<IStatefulCallback> callbacks, IReadOnlyDictionary<string, Tensor> saved)
    {
        foreach (IStatefulCallback callback in callbacks)
        {
            callback.RestoreState(Within(saved, callback.StateName));
        }
    }

    private static Dictionary<string, Tensor> Within(IReadOnlyDictionary<string, Tensor> saved, string name) => saved
        .Where(pair => pair.Key.StartsWith($"{name}/", StringComparison.Ordinal))
        .ToDictionary(pair => pair.Key[(name.Length + 1)..], pair => pair.Value);
}
