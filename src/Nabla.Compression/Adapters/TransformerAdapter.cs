using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>
/// Small learnt parts between the layers of a Transformer, whose own weights stay as they are: bottleneck adapters or prefixes. The adapted network is one of
/// its own over the same tensors as the base, so several share one base's memory, and it is saved, served and exported as any other.
/// </summary>
/// <example>
/// <code>
/// TransformerAdapter adapter = TransformerAdapter.AddBottlenecks(network, size: 16);
/// new Trainer(adapter.Network, loss, new AdamW(0.001)).Fit(samples);
/// adapter.Save("adapter");
/// </code>
/// </example>
public sealed class TransformerAdapter
{
    private TransformerAdapter(AdapterKind kind, int size, Sequential network, Sequential adapted)
    {
        (Kind, Size, Base, Network) = (kind, size, network, adapted);
        HashSet<string> known = [.. network.NamedParameters.Select(pair => pair.Key)];
        Learnt = [.. adapted.NamedParameters.Where(pair => !known.Contains(pair.Key))];
        foreach ((string name, Parameter parameter) in adapted.NamedParameters)
        {
            parameter.Trainable = !known.Contains(name);
        }
    }

    /// <summary>The network with the learnt parts; training changes these alone.</summary>
    public Sequential Network { get; }

    /// <summary>The network without.</summary>
    public Sequential Base { get; }

    /// <summary>The numbers that are trained.</summary>
    public long TrainableCount => Learnt.Sum(pair => (long)pair.Value.Type.Shape.ElementCount);

    /// <summary>The learnt parts by their dotted names.</summary>
    internal IReadOnlyList<KeyValuePair<string, Parameter>> Learnt { get; }

    /// <summary>What the learnt parts are.</summary>
    internal AdapterKind Kind { get; }

    /// <summary>The numbers between the two products of an adapter, or the length of a prefix.</summary>
    internal int Size { get; }

    /// <summary>
    /// Puts a bottleneck adapter behind each attention and each pair of products of a Transformer (Houlsby et al., Parameter-Efficient Transfer Learning for
    /// NLP, 2019, arXiv 1902.00751): <c>x + gelu(x down) up</c>. The network computes as before until it has learnt.
    /// </summary>
    /// <param name="network">The base.</param>
    /// <param name="size">The numbers between the two products, 1 or more.</param>
    /// <param name="seed">Where the first values come from.</param>
    /// <exception cref="ArgumentException">The network has no layers of a Transformer, or carries adapters already.</exception>
    public static TransformerAdapter AddBottlenecks(Sequential network, int size, long seed = 1) => Add(AdapterKind.Bottleneck, network, size, seed);

    /// <summary>
    /// Puts learnt keys and values before those of each sequence in each attention of a Transformer to itself (Li and Liang, Prefix-Tuning, 2021,
    /// arXiv 2101.00190). They are learnt as they are, without the network that the authors make them by.
    /// </summary>
    /// <param name="network">The base.</param>
    /// <param name="length">How many keys and values, 1 or more.</param>
    /// <param name="seed">Where the first values come from.</param>
    /// <exception cref="ArgumentException">The network has no attention, or carries prefixes already.</exception>
    public static TransformerAdapter AddPrefix(Sequential network, int length, long seed = 1) => Add(AdapterKind.Prefix, network, length, seed);

    /// <summary>
    /// Writes the learnt parts alone, <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>: prefixes as Hugging Face's PEFT has them, bottlenecks,
    /// which PEFT has not, by their names here. The checksums of the base's weights are noted, so that they are put on no other.
    /// </summary>
    /// <param name="folder">The folder; an older adapter there is replaced.</param>
    /// <param name="baseModel">What the base is called, such as the name that a server has for it; null to say nothing.</param>
    /// <exception cref="IOException">The folder cannot be written, or holds something else.</exception>
    public void Save(string folder, string? baseModel = null) => TransformerAdapterFolder.Save(folder, this, baseModel);

    /// <summary>Puts the learnt parts of a folder on a base.</summary>
    /// <param name="folder">What <see cref="Save"/> or, of prefixes, PEFT has written.</param>
    /// <param name="network">The base, which stays as it is.</param>
    /// <exception cref="Nabla.Formats.InvalidFileException">The folder is damaged, or for another base; the message names the first difference.</exception>
    public static TransformerAdapter Load(string folder, Sequential network) => TransformerAdapterFolder.Load(folder, network);

    private static TransformerAdapter Add(AdapterKind kind, Sequential network, int size, long seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        return new TransformerAdapter(kind, size, network, AdaptedArchitecture.Build(network, kind, size, seed));
    }
}

/// <summary>What is learnt beside a Transformer.</summary>
internal enum AdapterKind
{
    /// <summary>Two products behind each part.</summary>
    Bottleneck,

    /// <summary>Keys and values before those of each sequence.</summary>
    Prefix,
}
