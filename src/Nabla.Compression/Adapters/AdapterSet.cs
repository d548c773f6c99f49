using Nabla.Layers;
using Nabla.Optimizers;

namespace Nabla.Compression;

/// <summary>
/// Small learnt updates of the weights of a network, whose own weights stay as they are. A network carries one set at a time; sets are taken off and put on
/// again, so that several serve one base.
/// </summary>
/// <example>
/// <code>
/// AdapterSet adapters = AdapterSet.AddLora(network, new LoraOptions { Rank = 4 });
/// trainer.Fit(samples);
/// adapters.Save("adapter");
/// adapters.Merge();
/// </code>
/// </example>
public sealed class AdapterSet
{
    private const string SecondMatrices = $"*_{LowRankUpdate.UpSuffix}";

    private readonly Dictionary<Parameter, bool> trainable;
    private readonly Dictionary<Parameter, Tensor> before;

    private AdapterSet(
        Module network,
        LoraOptions options,
        IReadOnlyList<KeyValuePair<string, Parameter>> targets,
        IReadOnlyList<KeyValuePair<string, Parameter>> alsoTrained,
        Dictionary<Parameter, bool> trainable)
    {
        (Network, Options, Targets, AlsoTrained) = (network, options, targets, alsoTrained);
        this.trainable = trainable;
        before = alsoTrained.ToDictionary(pair => pair.Value, pair => pair.Value.Original);
    }

    /// <summary>The network that carries the updates.</summary>
    public Module Network { get; }

    /// <summary>How the updates were made.</summary>
    public LoraOptions Options { get; }

    /// <summary>The numbers that are trained.</summary>
    public long TrainableCount => Network.TrainableParameters.Sum(pair => (long)pair.Value.Type.Shape.ElementCount);

    /// <summary>The weights that have an update, by their dotted names.</summary>
    public IReadOnlyList<string> TargetNames => [.. Targets.Select(pair => pair.Key)];

    /// <summary>The weights that have an update.</summary>
    internal IReadOnlyList<KeyValuePair<string, Parameter>> Targets { get; }

    /// <summary>What is trained as it is.</summary>
    internal IReadOnlyList<KeyValuePair<string, Parameter>> AlsoTrained { get; }

    /// <summary>
    /// Puts low-rank updates on the weights that the options choose, and keeps everything else of the network as it is in training: normalisations and
    /// dropouts compute as in use.
    /// </summary>
    /// <param name="network">A network that was built.</param>
    /// <param name="options">Rank, scale and targets; null for the defaults.</param>
    /// <exception cref="ArgumentException">A pattern chooses nothing, or the rank is too large for one; nothing has changed.</exception>
    /// <exception cref="InvalidOperationException">A weight carries an update already; nothing has changed.</exception>
    public static AdapterSet AddLora(Module network, LoraOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        options ??= new LoraOptions();
        KeyValuePair<string, Parameter>[] targets = [.. Choose(network, options)];
        RequireRank(targets, options.Rank);
        return Add(network, options, targets);
    }

    /// <summary>As <see cref="AddLora"/>, whatever the rank: a file may hold more than the weight needs, such as twice that of principal updates.</summary>
    internal static AdapterSet AddStored(Module network, LoraOptions options) => Add(network, options, [.. Choose(network, options)]);

    /// <summary>
    /// The <see cref="Optimizer.Groups"/> of an optimizer with which the second matrix of each update, which begins as zeros, learns faster than the first
    /// (LoRA+; Hayou et al., LoRA+: Efficient Low Rank Adaptation of Large Models, 2024, arXiv 2402.12354, whose authors take 16).
    /// </summary>
    /// <param name="ratio">What the learning rate is multiplied by for the second matrices, 0 or more.</param>
    public static IReadOnlyList<ParameterGroup> LoraPlus(double ratio) => [new ParameterGroup(SecondMatrices) { LearningRateFactor = ratio }];

    /// <summary>Adds the updates to the weights: the network computes as before, without adapters, and all of it is trained again.</summary>
    public void Merge() => TakeOff(keepValue: true);

    /// <summary>Takes the updates off: the network is the base again, and all of it is trained again.</summary>
    public void Remove()
    {
        TakeOff(keepValue: false);
        foreach ((Parameter parameter, Tensor value) in before)
        {
            parameter.Value = value;
        }
    }

    /// <summary>
    /// Writes the updates alone, as a folder that Hugging Face's PEFT reads: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>. The checksums of
    /// the weights that they are for are noted, so that they are put on no other base.
    /// </summary>
    /// <param name="folder">The folder; an older adapter there is replaced.</param>
    /// <param name="baseModel">What the base is called, such as the name that a server has for it; null to say nothing.</param>
    /// <exception cref="IOException">The folder cannot be written, or holds something else.</exception>
    public void Save(string folder, string? baseModel = null) => AdapterFolder.Save(folder, this, baseModel);

    /// <summary>Puts the updates of a folder on a network.</summary>
    /// <param name="folder">What <see cref="Save"/> or PEFT has written.</param>
    /// <param name="network">The base.</param>
    /// <exception cref="Nabla.Formats.InvalidFileException">The folder is damaged, or of another method or base; the message names the first difference.</exception>
    public static AdapterSet Load(string folder, Module network) => AdapterFolder.Load(folder, network);

    private static AdapterSet Add(Module network, LoraOptions options, KeyValuePair<string, Parameter>[] targets)
    {
        KeyValuePair<string, Parameter>[] alsoTrained = [.. ChooseWhole(network, options, targets)];
        Dictionary<Parameter, bool> trainable = network.Parameters.ToDictionary(parameter => parameter, parameter => parameter.Trainable);
        PutOn(targets, options);
        foreach (Parameter parameter in trainable.Keys)
        {
            parameter.Trainable = false;
        }

        foreach ((_, Parameter parameter) in alsoTrained)
        {
            parameter.Trainable = true;
        }

        return new AdapterSet(network, options, targets, alsoTrained, trainable);
    }

    // All get their update, or none.
    private static void PutOn(KeyValuePair<string, Parameter>[] targets, LoraOptions options)
    {
        RandomKey key = RandomKey.FromSeed(options.Seed);
        try
        {
            foreach ((string name, Parameter parameter) in targets)
            {
                parameter.Parametrize(new LowRankUpdate(options, key.Fold(name)));
            }
        }
        catch
        {
            foreach ((_, Parameter parameter) in targets.TakeWhile(target => target.Value.Parametrization is LowRankUpdate update && update.Options == options))
            {
                parameter.Unparametrize(keepValue: false);
            }

            throw;
        }
    }

    private static void RequireRank(IEnumerable<KeyValuePair<string, Parameter>> targets, int rank)
    {
        foreach ((string name, Parameter parameter) in targets)
        {
            Shape shape = parameter.Type.Shape;
            int largest = Math.Min(shape[-1], shape.ElementCount / shape[-1]);
            if (rank > largest)
            {
                throw new ArgumentException($"An update of '{name}' {shape} has at most rank {largest}, but rank {rank} was asked for.");
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, Parameter>> Choose(Module network, LoraOptions options)
    {
        NamePattern.Require(options.Targets, network);
        KeyValuePair<string, Parameter>[] chosen =
        [
            .. network.NamedParameters.Where(pair => pair.Value.Type.Shape.Rank >= 2
                && pair.Value.Type.DataType.IsFloating
                && options.Targets.Any(pattern => NamePattern.Matches(pattern, pair.Key))),
        ];
        return chosen.Length > 0
            ? chosen
            : throw new ArgumentException($"Of the parameters that match {string.Join(", ", options.Targets)} none has two axes: only such weights get updates.");
    }

    private static IEnumerable<KeyValuePair<string, Parameter>> ChooseWhole(
        Module network, LoraOptions options, IReadOnlyList<KeyValuePair<string, Parameter>> targets)
    {
        NamePattern.Require(options.AlsoTrained, network);
        HashSet<Parameter> updated = [.. targets.Select(target => target.Value)];
        KeyValuePair<string, Parameter>[] chosen =
        [
            .. network.NamedParameters.Where(pair => pair.Value.Learns
                && !updated.Contains(pair.Value)
                && options.AlsoTrained.Any(pattern => NamePattern.Matches(pattern, pair.Key))),
        ];
        return chosen.Length > 0 || options.AlsoTrained.Count == 0
            ? chosen
            : throw new ArgumentException(
                $"Of the parameters that match {string.Join(", ", options.AlsoTrained)} none is left to train as it is: they get an update, or are never trained.");
    }

    private void TakeOff(bool keepValue)
    {
        foreach ((_, Parameter parameter) in Targets)
        {
            parameter.Unparametrize(keepValue);
        }

        foreach ((Parameter parameter, bool was) in trainable)
        {
            parameter.Trainable = was;
        }
    }
}
