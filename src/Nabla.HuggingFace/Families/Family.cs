using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.HuggingFace;

/// <summary>What is asked of a family: the head, and what it needs to know.</summary>
/// <param name="Head">What the network answers.</param>
/// <param name="Classes">The classes of a classifier.</param>
/// <param name="Activation">What a classifier applies to its logits.</param>
/// <param name="Length">The most tokens; null for as many as there are places for.</param>
/// <param name="ImageSize">Rows and columns of a picture; null for what is usual.</param>
/// <param name="Separator">The token behind the first of two texts; null when it is not known.</param>
internal sealed record NetworkRequest(PretrainedHead Head, int Classes, ActivationKind Activation, int? Length, int? ImageSize, int? Separator);

/// <summary>The layers of a network, not yet built.</summary>
/// <param name="InputShape">The shape of one input.</param>
/// <param name="Layers">The layers, with the names that the family's name map knows.</param>
internal sealed record NetworkPlan(Shape InputShape, Layer[] Layers);

/// <summary>Models of one architecture: how its <c>config.json</c> becomes layers.</summary>
internal abstract class Family
{
    /// <summary>More blocks than any published model has.</summary>
    protected const int MostBlocks = 1000;

    /// <summary>The largest features, heads and hidden sizes.</summary>
    protected const int MostFeatures = 1 << 20;

    /// <summary>The largest vocabularies and the longest sequences.</summary>
    protected const int MostTokens = 1 << 24;

    private static readonly Family[] All = [new BertFamily(), new DistilBertFamily(), new Gpt2Family(), new LlamaFamily(), new VitFamily(), new ResNetFamily()];

    /// <summary>The name of the name map.</summary>
    public abstract string Map { get; }

    /// <summary>The <c>model_type</c>s, each with the word that the names of its classes begin with.</summary>
    public abstract IReadOnlyDictionary<string, string> ModelTypes { get; }

    /// <summary>The heads, with the words that the names of classes end with.</summary>
    public abstract IReadOnlyDictionary<PretrainedHead, string> Heads { get; }

    /// <summary>Whether the inputs are texts.</summary>
    public virtual bool ReadsText => true;

    /// <summary>The family of a model.</summary>
    /// <exception cref="InvalidFileException">No family here is of that type.</exception>
    public static Family Of(PretrainedConfig config) => All.FirstOrDefault(family => family.ModelTypes.ContainsKey(config.ModelType))
        ?? throw config.Error("model_type", $"one of {string.Join(", ", All.SelectMany(family => family.ModelTypes.Keys))}");

    /// <summary>The layers of a network.</summary>
    public abstract NetworkPlan Plan(PretrainedConfig config, NetworkRequest request);

    /// <summary>The name of the class of a head, as <c>architectures</c> has it.</summary>
    public string ArchitectureOf(PretrainedConfig config, PretrainedHead head) => ModelTypes[config.ModelType] + Heads[head];

    /// <summary>The head that <c>architectures</c> says; null when it says none that is known here.</summary>
    public PretrainedHead? HeadOf(PretrainedConfig config)
    {
        string[] named = config.Texts("architectures");
        return named.Length == 0 ? PretrainedHead.None : Heads.Keys.Cast<PretrainedHead?>().FirstOrDefault(head => named.Contains(ArchitectureOf(config, head!.Value)));
    }
}
