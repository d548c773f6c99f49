using Microsoft.ML.Tokenizers;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.HuggingFace;

/// <summary>
/// Loads model folders of Hugging Face: <c>config.json</c> says what the network is, the weights are in <c>model.safetensors</c>, in several such files with
/// an index, or in <c>pytorch_model.bin</c>. BERT, DistilBERT, GPT-2, Llama, Mistral, Qwen2, ViT and ResNet become networks of Nabla's own layers. No code of
/// a folder is ever run.
/// </summary>
/// <example>
/// <code>
/// PretrainedModel model = AutoModel.FromPretrained("bert-base-uncased", new PretrainedOptions
/// {
///     Head = PretrainedHead.SequenceClassification,
///     Labels = ["negative", "positive"],
/// });
/// Tensor logits = model.Network.Forward(model.Encode(["A quiet, clever film."]));
/// </code>
/// </example>
public static class AutoModel
{
    private const int MostClasses = 1 << 20;
    private const int UsualClasses = 2;

    /// <summary>Loads a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How it becomes a network; null for the defaults.</param>
    /// <exception cref="InvalidFileException">
    /// A file is damaged, a tensor is missing or of another shape, or the model is of a kind, or has an option, that no network here has; the message names it.
    /// </exception>
    /// <exception cref="IOException">There is no such folder, or no <c>config.json</c> in it.</exception>
    public static PretrainedModel FromPretrained(string folder, PretrainedOptions? options = null) => Load(folder, options, outlines: null);

    /// <summary>
    /// What a folder holds without the values of its weights: their headers alone are read and checked, and parameters of one size share zeros, so that a model
    /// can be looked at which does not fit into memory.
    /// </summary>
    /// <inheritdoc cref="FromPretrained"/>
    public static PretrainedModel Outline(string folder, PretrainedOptions? options = null) => Load(folder, options, new TensorOutlines());

    private static PretrainedModel Load(string folder, PretrainedOptions? options, TensorOutlines? outlines)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new PretrainedOptions();
        PretrainedConfig config = PretrainedConfig.Read(Path.Combine(folder, PretrainedConfig.File));
        Family family = Family.Of(config);
        PretrainedHead head = HeadOf(config, family, options);
        IReadOnlyList<string> labels = options.Labels ?? config.Labels;
        StoredWeights weights = StoredWeights.Read(folder, outlines);
        bool isOwn = family.HeadOf(config) == head && (options.Labels is null || options.Labels.SequenceEqual(config.Labels));
        WeightReader reader = new(weights, NameMap.Of(family.Map), mayHaveNewHead: !isOwn);
        NetworkRequest request = new(
            head,
            labels.Count > 0 ? labels.Count : config.Integer("num_labels", MostClasses, fallback: UsualClasses),
            options.Probabilities ? ActivationKind.Softmax : ActivationKind.Linear,
            options.Length,
            options.ImageSize ?? (family.ReadsText ? null : PretrainedImages.SizeIn(folder)),
            family.ReadsText ? SeparatorIn(folder, config) : null);
        Sequential network = Build(config, family.Plan(config, request), options.Seed, reader);
        reader.RequireFit(family.ArchitectureOf(config, head));
        return new PretrainedModel(folder, config, family, network, reader, isOwn)
        {
            Head = head,
            Labels = HasClasses(head) ? labels : [],
            Image = family.ReadsText ? null : PretrainedImages.Read(folder, network.InputShape),
        };
    }

    private static PretrainedHead HeadOf(PretrainedConfig config, Family family, PretrainedOptions options)
    {
        if (options.Head is { } wanted)
        {
            return family.Heads.ContainsKey(wanted)
                ? wanted
                : throw new ArgumentException($"Models of type {config.ModelType} have the heads {string.Join(", ", family.Heads.Keys)}, not {wanted}.", nameof(options));
        }

        return family.HeadOf(config) ?? throw config.Error(
            "architectures", $"one of {string.Join(", ", family.Heads.Keys.Select(head => family.ArchitectureOf(config, head)))}, or a head to be chosen by the options");
    }

    private static bool HasClasses(PretrainedHead head) =>
        head is PretrainedHead.SequenceClassification or PretrainedHead.TokenClassification or PretrainedHead.ImageClassification;

    // Segments of BERT end at its separator.
    private static int? SeparatorIn(string folder, PretrainedConfig config) =>
        config.ModelType == "bert" && PretrainedTokenizer.IsIn(folder) && PretrainedTokenizer.Read(folder, config.Integer("vocab_size", int.MaxValue)) is BertTokenizer tokenizer
            ? tokenizer.SeparatorTokenId
            : null;

    // The layers take the tensors of the folder: what it does not hold is not allocated, whatever sizes it claims.
    private static Sequential Build(PretrainedConfig config, NetworkPlan plan, long seed, WeightReader reader)
    {
        try
        {
            return new Sequential(plan.InputShape, seed, plan.Layers, reader.Read);
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            string problem = error is OverflowException ? "expected parameters that fit into memory, got larger ones" : error.Message.TrimEnd('.');
            throw new InvalidFileException(config.Path, FilePosition.None, problem, error);
        }
    }
}
