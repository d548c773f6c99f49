using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>
/// Takes away single weights of a network: they are zero, and stay zero while it is trained further. The shapes stay; a model file stores weights with many zeros
/// sparse.
/// </summary>
/// <example>
/// <code>
/// WeightPruning pruning = WeightPruning.Apply(network);
/// trainer.Fit(samples, null, new FitOptions { Callbacks = [new GradualPruning(pruning, sparsity: 0.8)] });
/// pruning.MakePermanent();
/// </code>
/// </example>
public sealed class WeightPruning
{
    private readonly IReadOnlyList<KeyValuePair<string, PruningMask>> masks;

    private WeightPruning(Module network, WeightPruningOptions options, IReadOnlyList<KeyValuePair<string, PruningMask>> masks)
    {
        (Network, Options) = (network, options);
        this.masks = masks;
    }

    /// <summary>The network.</summary>
    public Module Network { get; }

    /// <summary>What is pruned, and by what.</summary>
    public WeightPruningOptions Options { get; }

    /// <summary>The weights that are pruned, by their dotted names.</summary>
    public IReadOnlyList<string> TargetNames => [.. masks.Select(pair => pair.Key)];

    /// <summary>The share of the weights that is zero by the masks, of all that are pruned.</summary>
    public double Sparsity => 1 - (masks.Sum(pair => (double)pair.Value.KeptCount) / masks.Sum(pair => (double)pair.Value.Weight.Type.Shape.ElementCount));

    /// <summary>The layers with parameters none of which is pruned, with the reasons.</summary>
    public IReadOnlyList<LeftLayer> Left => [.. LeftOf(Network)];

    /// <summary>Puts masks on weights; at first all of them count. Do this before the network is trained or compiled.</summary>
    /// <param name="network">A network that was built.</param>
    /// <param name="options">What is pruned, and by what; null for the defaults.</param>
    /// <exception cref="ArgumentException">No weight matches; nothing has changed.</exception>
    /// <exception cref="InvalidOperationException">A weight carries a parametrization already; nothing has changed.</exception>
    public static WeightPruning Apply(Module network, WeightPruningOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        options ??= new WeightPruningOptions();
        KeyValuePair<string, Parameter>[] targets = [.. Choose(network, options)];
        if (targets.FirstOrDefault(target => target.Value.Parametrization is not null).Value is { } dressed)
        {
            throw new InvalidOperationException($"Parameter '{dressed.FullName}' has a {dressed.Parametrization!.GetType().Name} already: take it off first.");
        }

        return new WeightPruning(network, options, [.. targets.Select(target => KeyValuePair.Create(target.Key, Cover(target.Value, options)))]);
    }

    /// <summary>Keeps the weights that count most.</summary>
    /// <param name="sparsity">The share of the weights that is zero then, from 0 up to, not including, 1: of each parameter, or of all together.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is out of range.</exception>
    public void Prune(double sparsity)
    {
        Limits.BelowOne(sparsity);
        foreach (PruningMask[] group in Options.Global ? [[.. masks.Select(pair => pair.Value)]] : masks.Select(pair => new[] { pair.Value }))
        {
            Prune(group, sparsity);
        }
    }

    /// <summary>Writes the zeros into the weights and takes the masks off: the network computes the same without them.</summary>
    public void MakePermanent()
    {
        foreach ((_, PruningMask mask) in masks)
        {
            // A product with zero may be a negative zero, which is no zero in a file.
            Tensor value = mask.Weight.Value;
            Tensor pruned = value.NotEqual(0).Where(value, 0);
            mask.Weight.Unparametrize(keepValue: false);
            mask.Weight.Value = pruned;
        }
    }

    /// <summary>Takes the masks off: all weights count again, with the values that they have.</summary>
    public void Remove()
    {
        foreach ((_, PruningMask mask) in masks)
        {
            mask.Weight.Unparametrize(keepValue: false);
        }
    }

    private static IEnumerable<KeyValuePair<string, Parameter>> Choose(Module network, WeightPruningOptions options)
    {
        NamePattern.Require(options.Targets, network);
        KeyValuePair<string, Parameter>[] chosen =
        [
            .. network.NamedParameters.Where(pair => IsWeight(pair.Value) && options.Targets.Any(pattern => NamePattern.Matches(pattern, pair.Key))),
        ];
        return chosen.Length > 0
            ? chosen
            : throw new ArgumentException(
                $"Of the parameters that match {string.Join(", ", options.Targets)} none is trainable and has two axes: only such weights are pruned.");
    }

    private static bool IsWeight(Parameter parameter) => parameter.Trainable && parameter.Type.DataType.IsFloating && parameter.Type.Shape.Rank >= 2;

    private static PruningMask Cover(Parameter parameter, WeightPruningOptions options)
    {
        PruningMask mask = options.Importance == WeightImportance.Movement ? new MovementMask() : new PruningMask();
        parameter.Parametrize(mask);
        return mask;
    }

    private static void Prune(PruningMask[] group, double sparsity)
    {
        float[][] scores = [.. group.Select(mask => mask.Scores.To(DataType.Float32).ToArray<float>())];
        float[][] kept = Ranking.Kept(scores, sparsity);
        for (int index = 0; index < group.Length; index++)
        {
            TensorType type = group[index].Weight.Type;
            group[index].Keep(Tensor.From(kept[index], type.Shape).To(type.DataType));
        }
    }

    private IEnumerable<LeftLayer> LeftOf(Module module)
    {
        Parameter[] own = [.. module.OwnParameters];
        if (own.Length > 0 && !own.Any(parameter => parameter.Parametrization is PruningMask))
        {
            yield return new LeftLayer(module.Path, module.Kind, own.Any(IsWeight) ? "no pattern chooses it" : "it has no trainable weights of two or more axes");
        }

        foreach (LeftLayer left in module.Children.Values.SelectMany(LeftOf))
        {
            yield return left;
        }
    }
}
