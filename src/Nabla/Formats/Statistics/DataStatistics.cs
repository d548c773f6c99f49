using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Nabla.Data;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Formats;

/// <summary>
/// What a model's training data and its answers to it were like, so that it can be seen when the data that it meets later is different: it stands as
/// <c>statistics.json</c> in the model folder.
/// </summary>
/// <example>
/// <code>
/// model = model with { Statistics = DataStatistics.From(model, trainingSamples) };
/// ModelFolder.Save("digits", model);
/// </code>
/// </example>
public sealed record DataStatistics
{
    private const int MostFeatures = 4096;

    /// <summary>How many samples they are of.</summary>
    public required long Samples { get; init; }

    /// <summary>Of pictures brightness, contrast and colours; of tables each column; of texts length and words; of other numbers each of up to 256.</summary>
    public required IReadOnlyList<FeatureStatistics> Features { get; init; }

    /// <summary>The classes that the model answers and how sure it is of them, or its numbers.</summary>
    public required IReadOnlyList<FeatureStatistics> Outputs { get; init; }

    /// <summary>Whether there is something to say of a model's data: its inputs are float32 or int32, and it answers a class or a number.</summary>
    public static bool Supports(SavedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return InputFeatures.Of(model) is not null && OutputFeatures.Of(model) is not null;
    }

    /// <summary>Looks at samples, and at what a model answers to them.</summary>
    /// <param name="model">A model that is trained.</param>
    /// <param name="samples">The samples that it learnt from, at least one.</param>
    /// <param name="most">How many of them are looked at, spread evenly; 10,000 by default.</param>
    /// <exception cref="ArgumentException">There are no samples, or the model is none that <see cref="Supports"/> speaks of.</exception>
    public static DataStatistics From(SavedModel model, Dataset<Sample> samples, int most = 10_000)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most);
        if (InputFeatures.Of(model) is not { } inputs || OutputFeatures.Of(model) is not { } outputs)
        {
            throw new ArgumentException($"Statistics expect a model that answers a class or a number to float32 or int32, not '{model.Name}'.", nameof(model));
        }

        FeatureCollection features = new(inputs.Features);
        FeatureCollection answers = new(outputs.Features);
        long count = 0;
        Trainer trainer = new(model.Network, new MeanSquaredError(), new Sgd());
        foreach ((Batch batch, Tensor output) in trainer.PredictBatches(Spread(samples, most)))
        {
            Read(inputs, batch.Input, features);
            Read(outputs, output, answers);
            count += batch.Count;
        }

        return count > 0
            ? new DataStatistics { Samples = count, Features = features.ToStatistics(), Outputs = answers.ToStatistics() }
            : throw new ArgumentException("Statistics expect at least one sample but got none.", nameof(samples));
    }

    /// <summary>The content of the file.</summary>
    internal byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(new StatisticsFile(StatisticsFile.CurrentSchema, this), StatisticsJson.Readable.StatisticsFile), (byte)'\n'];

    /// <summary>What <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="InvalidFileException">It is none, or its values make no sense.</exception>
    internal static DataStatistics Parse(byte[] json, string path)
    {
        Utf8Text.Require(json, path);
        try
        {
            StatisticsFile file = JsonSerializer.Deserialize(json, StatisticsJson.Readable.StatisticsFile) ?? throw new JsonException("null");
            return file.Schema == StatisticsFile.CurrentSchema
                ? file.Statistics.Validated(path)
                : throw new InvalidFileException(path, FilePosition.None, $"expected statistics of schema {StatisticsFile.CurrentSchema}, got {file.Schema}: a newer version of Nabla may read it");
        }
        catch (JsonException error)
        {
            throw ModelJson.Error(path, error, "statistics of schema 1");
        }
    }

    private DataStatistics Validated(string path)
    {
        FeatureStatistics[] all = [.. Features, .. Outputs];
        bool sound = Samples > 0 && all.Length <= MostFeatures && !all.Contains(null!)
            && Features.Select(feature => feature.Name).Distinct().Count() == Features.Count && Outputs.Select(output => output.Name).Distinct().Count() == Outputs.Count;
        if (!sound)
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected statistics of at least one sample and at most {MostFeatures} features with distinct names, got something else");
        }

        foreach (FeatureStatistics feature in all)
        {
            feature.Validate(path);
        }

        return this;
    }

    private static Dataset<Sample> Spread(Dataset<Sample> samples, int most) => samples.Count switch
    {
        { } count when count > most => samples.Select([.. Enumerable.Range(0, most).Select(index => (int)((long)index * count / most))]),
        null => samples.Take(most),
        _ => samples,
    };

    private static void Read(FeatureReader reader, Tensor tensor, IFeatureSink sink)
    {
        ReadOnlySpan<byte> bytes = tensor.WritableBytes();
        int row = bytes.Length / tensor.Shape[0];
        for (int start = 0; start < bytes.Length; start += row)
        {
            reader.Read(bytes.Slice(start, row), sink);
        }

        GC.KeepAlive(tensor);
    }
}

/// <summary>The content of <c>statistics.json</c>.</summary>
internal sealed record StatisticsFile(int Schema, DataStatistics Statistics)
{
    public const int CurrentSchema = 1;
}

/// <summary>The JSON form of statistics, generated at compile time. It is strict: an unknown field is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(StatisticsFile))]
internal sealed partial class StatisticsJson : JsonSerializerContext
{
    /// <summary>Writes names in any language as they are, not as escapes.</summary>
    public static StatisticsJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
