using Nabla.Cli.Commands;
using Nabla.Cli.Files.Comparing;
using Nabla.Cli.Files.Weights;
using Nabla.Formats;
using Nabla.Onnx;

namespace Nabla.Cli.Files;

/// <summary>
/// A format of files, or of folders, that hold a model or weights. What a kind can do besides being inspected is said by the interfaces that it has:
/// <see cref="IModelImport"/>, <see cref="IModelExport"/>, <see cref="IGraphExport"/>, <see cref="IRunnableKind"/>. <see cref="ModelFileKinds.All"/> is the table of all.
/// </summary>
internal abstract class ModelFileKind
{
    /// <summary>What options and errors call it, such as <c>safetensors</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What it is, for people: <c>weights in the safetensors format (.safetensors)</c>.</summary>
    public abstract string Description { get; }

    /// <summary>Whether a path is of this kind, by its ending, what is in the folder, or its first bytes. The path need not exist.</summary>
    public abstract bool Matches(string path);

    /// <summary>Shows what is in a file, as tables or as one line of JSON.</summary>
    public abstract void Inspect(Terminal terminal, string path, bool json);

    /// <summary>Says in plain words that a file is not there; the system would say that access to a folder is denied.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    protected static void RequireFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new UsageException(Directory.Exists(path) ? $"{path}: expected a file, got a folder." : $"{path}: no such file.");
        }
    }

    /// <summary>Whether a path ends so, in small or large letters.</summary>
    protected static bool Ends(string path, params string[] endings) =>
        Array.Exists(endings, ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A kind that <c>nabla import</c> reads.</summary>
internal interface IModelImport
{
    /// <summary>Makes a model of a file.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">What the file does not say.</param>
    /// <exception cref="UsageException">An option is missing or does not fit the file.</exception>
    /// <exception cref="InvalidFileException">The file is not what it should be.</exception>
    ImportedModel Import(string path, ImportOptions options);
}

/// <summary>A kind that <c>nabla export --to</c> writes.</summary>
internal interface IModelExport
{
    /// <summary>Writes a model, as a whole or not at all.</summary>
    /// <exception cref="UsageException">The format cannot say what the model is.</exception>
    void Export(SavedModel model, string path, ExportOptions options);
}

/// <summary>A kind that <c>nabla export --to</c> writes models of several inputs or outputs in.</summary>
internal interface IGraphExport
{
    /// <summary>Writes a model, as a whole or not at all.</summary>
    /// <exception cref="UsageException">The format cannot say what the model is.</exception>
    void Export(SavedGraph model, string path, ExportOptions options);
}

/// <summary>A kind that runs as it is, so that <c>nabla compare</c> takes it.</summary>
internal interface IRunnableKind
{
    /// <summary>Reads a file and makes it ready to run.</summary>
    RunnableModel Open(string path);
}

/// <summary>What <c>nabla import</c> is told besides the file.</summary>
internal sealed record ImportOptions
{
    /// <summary>The model whose weights are replaced, for files that hold weights alone.</summary>
    public SavedModel? Architecture { get; init; }

    /// <summary>What the model is to be called; null for the name that the file has.</summary>
    public string? Name { get; init; }

    /// <summary>The names of the classes; null where the file or the architecture says them, or there are none.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Which tensor of the file is which parameter, where names do not say so.</summary>
    public WeightMap? Map { get; init; }

    /// <summary>Whether parameters may keep the values of the architecture, and tensors of the file may be left.</summary>
    public bool Partial { get; init; }

    /// <summary>The sizes of one input, without the batch, where the file leaves them open; null for those of the file.</summary>
    public Shape? InputShape { get; init; }

    /// <summary>Numbers for sizes that an ONNX file of several inputs or outputs leaves open, by name.</summary>
    public IReadOnlyDictionary<string, int> Sizes { get; init; } = new Dictionary<string, int>();

    /// <summary>The numbers that inputs of such a file always are, by name.</summary>
    public IReadOnlyDictionary<string, double> Values { get; init; } = new Dictionary<string, double>();

    /// <summary>The output of such a file that alone is kept; null for all.</summary>
    public string? Output { get; init; }

    /// <summary>What the pixels of images, from 0 to 255, are divided by.</summary>
    public float Divisor { get; init; } = 255;

    /// <summary>Whether the file gives logits, of which probabilities are to be made.</summary>
    public bool Softmax { get; init; }

    /// <summary>The name of a model that comes from a path.</summary>
    public string NameOf(string path) => Name ?? Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path));
}

/// <summary>What <c>nabla export</c> is told besides the format and the path.</summary>
/// <param name="Compress">Whether formats that can pack weights do so.</param>
/// <param name="Opset">The version of ONNX's operator set; null for the usual one.</param>
/// <param name="ChannelsFirst">Whether images of an ONNX model have their channels first.</param>
/// <param name="Quantized">How products of bytes stand in an ONNX model.</param>
internal sealed record ExportOptions(
    bool Compress = false, int? Opset = null, bool ChannelsFirst = false, QuantizedForm Quantized = QuantizedForm.QuantizeDequantize);
