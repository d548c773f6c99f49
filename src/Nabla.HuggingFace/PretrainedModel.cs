using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.ML.Tokenizers;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Text;

namespace Nabla.HuggingFace;

/// <summary>A network of a model folder with what belongs to it. It trains, writes text, is saved and exported like any other; see <see cref="AutoModel"/>.</summary>
public sealed class PretrainedModel
{
    private readonly string folder;
    private readonly PretrainedConfig config;
    private readonly Family family;
    private readonly IReadOnlyDictionary<string, Tensor> carried;
    private readonly string prefix;
    private Tokenizer? tokenizer;

    internal PretrainedModel(string folder, PretrainedConfig config, Family family, Sequential network, WeightReader reader, bool isOwn)
    {
        (this.folder, this.config, this.family, Network) = (folder, config, family, network);
        IReadOnlyDictionary<string, Tensor> unused = reader.Unused;
        carried = isOwn ? unused : new Dictionary<string, Tensor>();
        prefix = !isOwn || reader.HasPrefix ? NameMap.Of(family.Map).Prefix : string.Empty;
        (NewParameters, UnusedTensors) = (reader.NewParameters, [.. unused.Keys]);
    }

    /// <summary>What the model is called: the name of its folder.</summary>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    /// <summary>Its family, such as <c>bert</c>.</summary>
    public string ModelType => config.ModelType;

    /// <summary>What the network answers.</summary>
    public required PretrainedHead Head { get; init; }

    /// <summary>The names of the classes in the order of the outputs; empty when the network does not classify, or nothing names them.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The network: of texts int32 <c>[batch, length]</c>, of pictures float32 <c>[batch, height, width, channels]</c>.</summary>
    public Sequential Network { get; }

    /// <summary>How a picture becomes an input; null when the folder does not say it.</summary>
    public required ImagePreprocessing? Image { get; init; }

    /// <summary>The parameters that the folder has no tensors for, which begin anew: those of a new head.</summary>
    public IReadOnlyList<string> NewParameters { get; }

    /// <summary>The tensors of the folder that the network does not use.</summary>
    public IReadOnlyList<string> UnusedTensors { get; }

    /// <summary>What turns text into tokens and back, read when it is first asked for.</summary>
    /// <exception cref="InvalidFileException">The folder has none, or one that is not supported.</exception>
    public Tokenizer Tokenizer => tokenizer ??= PretrainedTokenizer.Read(folder, config.Integer("vocab_size", int.MaxValue));

    /// <summary>
    /// The tokens of a text, or of two, as the model was trained to read them: <c>[CLS] text [SEP]</c> or <c>[CLS] text [SEP] pair [SEP]</c> where the tokenizer
    /// has such tokens, else the text alone. What is too long loses its end, the longer of two texts first.
    /// </summary>
    /// <param name="text">The text, such as a question.</param>
    /// <param name="pair">The second text, such as a passage; null for none.</param>
    /// <exception cref="ArgumentException">There is a second text, but the tokenizer has no token to separate it.</exception>
    public IReadOnlyList<int> Encode(string text, string? pair = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        int length = Network.InputShape[0];
        if (Tokenizer is not BertTokenizer bert)
        {
            return pair is null
                ? [.. Tokenizer.EncodeToIds(text).Take(length)]
                : throw new ArgumentException($"{Name} reads one text at a time: its tokenizer has no separator.", nameof(pair));
        }

        IReadOnlyList<int> first = bert.EncodeToIds(text, addSpecialTokens: false);
        IReadOnlyList<int> second = pair is null ? [] : bert.EncodeToIds(pair, addSpecialTokens: false);
        int[] end = pair is null ? [] : [bert.SeparatorTokenId];
        int room = Math.Max(0, length - 2 - end.Length);
        int kept = Math.Min(second.Count, Math.Max(room / 2, room - first.Count));
        return [.. first.Take(room - kept).Prepend(bert.ClassificationTokenId).Append(bert.SeparatorTokenId).Concat(second.Take(kept)).Concat(end).Take(length)];
    }

    /// <summary>Texts as one input of the network, int32 <c>[texts, longest]</c>; shorter ones are filled up with the token that stands for nothing.</summary>
    /// <param name="texts">The texts, at least one.</param>
    public Tensor Encode(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        IReadOnlyList<int>[] rows = [.. texts.Select(text => Encode(text))];
        int longest = rows.Length > 0 ? rows.Max(row => row.Count) : throw new ArgumentException("Expected at least one text.", nameof(texts));
        int padding = config.Integer("pad_token_id", int.MaxValue, fallback: 0, least: 0);
        return Tensor.From([.. rows.SelectMany(row => row.Concat(Enumerable.Repeat(padding, longest - row.Count)))], [rows.Length, longest]);
    }

    /// <summary>What continues texts, and is the model of a <see cref="LanguageModelChatClient"/>.</summary>
    /// <exception cref="InvalidOperationException">The network does not say which tokens come next.</exception>
    public TextGenerator ToGenerator() => Head == PretrainedHead.CausalLanguageModel
        ? new TextGenerator(Network, Tokenizer)
        {
            Name = Name,
            BeginToken = config.Integers("bos_token_id", int.MaxValue, least: 0).FirstOrDefault(),
            StopTokens = config.Integers("eos_token_id", int.MaxValue, least: 0),
        }
        : throw new InvalidOperationException($"{Name} has the head {Head}: only a {PretrainedHead.CausalLanguageModel} continues texts.");

    /// <summary>What turns texts into vectors: the mean of the features of their tokens.</summary>
    /// <exception cref="InvalidOperationException">The network has a head.</exception>
    public TextEmbeddingGenerator ToEmbeddingGenerator() => Head == PretrainedHead.None && family.ReadsText
        ? new TextEmbeddingGenerator(Network, Tokenizer) { Name = Name }
        : throw new InvalidOperationException($"{Name} has the head {Head}: vectors of texts come from a network that is loaded with {PretrainedHead.None}.");

    /// <summary>The network as a model of Nabla's own, to be saved as a folder, evaluated and served.</summary>
    /// <remarks>Tokenizers of other makers are not part of it: how a text becomes tokens stays with the caller.</remarks>
    public SavedModel ToSavedModel() => new(Name, Network)
    {
        Task = Head == PretrainedHead.CausalLanguageModel ? PredictionTask.LanguageModel : PredictionTask.Classification,
        Labels = Labels.Count == Network.OutputShape[-1] && Labels.Distinct().Count() == Labels.Count ? Labels : [],
        Preprocessing = Image is null ? null : new ModelPreprocessing(Image),
    };

    /// <summary>
    /// Writes a folder that Hugging Face's libraries read: <c>config.json</c>, <c>model.safetensors</c> in float32 with their names and layouts, and the files of
    /// the tokenizer or of the preprocessing as they were read. As a whole or not at all; an older model there is replaced.
    /// </summary>
    /// <param name="path">The folder to write; it may be the one that was read.</param>
    /// <exception cref="IOException">The place cannot be written, or is a folder that holds something else.</exception>
    public void SavePretrained(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        PretrainedFolder.Write(path, folder, Config(), Tensors());
    }

    /// <summary>The network's parameters with the names and layouts of files, and what the folder held besides.</summary>
    internal IReadOnlyDictionary<string, Tensor> Tensors()
    {
        OrderedDictionary<string, Tensor> tensors = WeightWriter.Write(Network, NameMap.Of(family.Map), prefix);
        foreach ((string name, Tensor tensor) in carried)
        {
            tensors.TryAdd(name, tensor);
        }

        return tensors;
    }

    private JsonObject Config()
    {
        JsonObject json = config.Copy();
        json["architectures"] = new JsonArray(family.ArchitectureOf(config, Head));
        json["torch_dtype"] = "float32";
        if (Labels.Count > 0)
        {
            (json["id2label"], json["label2id"]) = LabelMaps();
        }

        return json;
    }

    private (JsonObject Names, JsonObject Numbers) LabelMaps()
    {
        (JsonObject names, JsonObject numbers) = ([], []);
        foreach ((int index, string label) in Labels.Index())
        {
            names[index.ToString(CultureInfo.InvariantCulture)] = label;
            numbers[label] = index;
        }

        return (names, numbers);
    }
}
