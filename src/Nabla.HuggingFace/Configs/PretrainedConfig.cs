using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.HuggingFace;

/// <summary>Reads <c>config.json</c> and its like: each value is asked for with its range, and what no network here can do is refused by its name.</summary>
internal sealed class PretrainedConfig
{
    /// <summary>The name of the file that says what a model is.</summary>
    public const string File = "config.json";

    private const int LargestFile = 10_000_000;

    private static readonly Dictionary<string, ActivationKind> Activations = new()
    {
        ["gelu"] = ActivationKind.Gelu,
        ["gelu_new"] = ActivationKind.GeluTanh,
        ["gelu_pytorch_tanh"] = ActivationKind.GeluTanh,
        ["gelu_fast"] = ActivationKind.GeluTanh,
        ["relu"] = ActivationKind.Relu,
        ["silu"] = ActivationKind.Silu,
        ["swish"] = ActivationKind.Silu,
        ["tanh"] = ActivationKind.Tanh,
        ["mish"] = ActivationKind.Mish,
    };

    private readonly JsonObject json;

    private PretrainedConfig(string path, JsonObject json) => (Path, this.json) = (path, json);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The family of the model, such as <c>bert</c>.</summary>
    public string ModelType => Text("model_type") ?? throw Error("model_type", "the kind of the model");

    /// <summary>The names of the classes, by their numbers; empty when the file names none.</summary>
    public IReadOnlyList<string> Labels => Within("id2label") is { } labels
        ? [.. Enumerable.Range(0, labels.json.Count).Select(label => labels.Text(label.ToString(CultureInfo.InvariantCulture))
            ?? throw Error("id2label", $"the names of classes 0 to {labels.json.Count - 1}"))]
        : [];

    /// <summary>A copy of all that the file says.</summary>
    public JsonObject Copy() => json.DeepClone().AsObject();

    /// <summary>Reads a file of JSON.</summary>
    /// <exception cref="InvalidFileException">It is none, or too large.</exception>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static PretrainedConfig Read(string path)
    {
        PackedFile.Require(path);
        using FileInput input = FileInput.Open(path);
        byte[] bytes = input.Remaining <= LargestFile
            ? input.Read(input.Remaining, "a configuration")
            : throw input.Error($"expected a configuration of at most {LargestFile} bytes, got {input.Remaining}");
        Utf8Text.Require(bytes, path);
        try
        {
            return new PretrainedConfig(path, JsonNode.Parse(bytes, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!.AsObject());
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected a JSON object, got something else ({error.Message.TrimEnd('.')})", error);
        }
    }

    /// <summary>Whether the file says something about a name.</summary>
    public bool Has(string name) => json[name] is not null;

    /// <summary>Whether a name stands for a number.</summary>
    public bool IsNumber(string name) => json[name]?.GetValueKind() == JsonValueKind.Number;

    /// <summary>A whole number of a range; the fallback when there is none.</summary>
    public int Integer(string name, int most, int? fallback = null, int least = 1) => json[name] switch
    {
        null when fallback is { } given => given,
        JsonValue value when Number(value) is { } number && number >= least && number <= most && number == Math.Floor(number) => (int)number,
        _ => throw Error(name, $"a whole number from {least} to {most}"),
    };

    /// <summary>A number above 0; the fallback when there is none.</summary>
    public double Positive(string name, double? fallback = null) => json[name] switch
    {
        null when fallback is { } given => given,
        JsonValue value when Number(value) is > 0 and { } number => number,
        _ => throw Error(name, "a number above 0"),
    };

    /// <summary>A number from 0 up to, not including, 1; 0 when there is none.</summary>
    public double Share(string name) => json[name] switch
    {
        null => 0,
        JsonValue value when Number(value) is >= 0 and < 1 and { } number => number,
        _ => throw Error(name, "a number from 0 up to 1"),
    };

    /// <summary>True or false; the fallback when there is neither.</summary>
    public bool Flag(string name, bool fallback) => json[name] switch
    {
        null => fallback,
        JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.GetValueKind() == JsonValueKind.True,
        _ => throw Error(name, "true or false"),
    };

    /// <summary>A text; null when there is none.</summary>
    public string? Text(string name) => json[name] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => throw Error(name, "a text"),
    };

    /// <summary>A list of texts; empty when there is none.</summary>
    public string[] Texts(string name) => json[name] switch
    {
        null => [],
        JsonArray array when array.All(item => item?.GetValueKind() == JsonValueKind.String) => [.. array.Select(item => item!.GetValue<string>())],
        _ => throw Error(name, "a list of texts"),
    };

    /// <summary>A list of whole numbers of a range, or one alone; empty when there is none.</summary>
    public int[] Integers(string name, int most, int least = 1) => json[name] switch
    {
        null => [],
        JsonArray array when array.All(item => item is JsonValue value && Number(value) is { } number && number >= least && number <= most && number == Math.Floor(number)) =>
            [.. array.Select(item => (int)Number(item!.AsValue())!.Value)],
        JsonValue => [Integer(name, most, least: least)],
        _ => throw Error(name, $"a list of whole numbers from {least} to {most}"),
    };

    /// <summary>A list of finite numbers; null when there is none.</summary>
    public float[]? Numbers(string name) => json[name] switch
    {
        null => null,
        JsonArray array when array.All(item => item is JsonValue value && Number(value) is not null) => [.. array.Select(item => (float)Number(item!.AsValue())!.Value)],
        _ => throw Error(name, "a list of numbers"),
    };

    /// <summary>An object within; null when there is none.</summary>
    public PretrainedConfig? Within(string name) => json[name] switch
    {
        null => null,
        JsonObject part => new PretrainedConfig(Path, part),
        _ => throw Error(name, "an object"),
    };

    /// <summary>The activation.</summary>
    /// <param name="name">The name of the field.</param>
    /// <param name="fallback">What stands for none.</param>
    public ActivationKind Activation(string name, string fallback) => Activations.TryGetValue(Text(name) ?? fallback, out ActivationKind kind)
        ? kind
        : throw Error(name, $"one of the activations {string.Join(", ", Activations.Keys)}");

    /// <summary>Objects when an option is on that no network here has.</summary>
    public void RefuseFlag(string name)
    {
        if (Flag(name, false))
        {
            throw Error(name, "false, as no network here can do otherwise");
        }
    }

    /// <summary>Objects when an option has another value than the one that networks here have.</summary>
    public void RequireText(string name, string only)
    {
        if (Text(name) is { } text && text != only)
        {
            throw Error(name, $"'{only}', as no network here can do otherwise");
        }
    }

    /// <summary>The error about a field.</summary>
    public InvalidFileException Error(string name, string expected)
    {
        string got = json[name]?.ToJsonString() ?? "nothing";
        return new InvalidFileException(
            Path, FilePosition.None, $"expected '{name}' to be {expected}, got {(got.Length > 80 ? $"{got[..80]}..." : got)}");
    }

    private static double? Number(JsonValue value) => value.GetValueKind() == JsonValueKind.Number
        && double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : null;
}
