using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>Reads and writes adapters in the layout of Hugging Face's PEFT.</summary>
internal static class AdapterFolder
{
    /// <summary>Says what the adapter is.</summary>
    public const string ConfigurationFile = "adapter_config.json";

    /// <summary>Holds the numbers.</summary>
    public const string WeightsFile = "adapter_model.safetensors";

    /// <summary>The method, as PEFT calls it.</summary>
    public const string LowRank = "LORA";

    private const long ConfigurationLimit = 1_000_000;

    public static void Save(string folder, AdapterSet adapters, string? baseModel)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        KeyValuePair<string, Tensor>[] tensors =
        [
            .. adapters.Targets.SelectMany(target => MatricesOf(target.Key, target.Value)),
            .. new WholeParameters(adapters.Network, adapters.TargetNames).ToPeft(adapters.AlsoTrained),
        ];
        byte[] configuration = JsonSerializer.SerializeToUtf8Bytes(Describe(adapters, baseModel), AdapterJson.Default.AdapterConfiguration);
        Write(folder, configuration, tensors, AdapterBase.Note(adapters.Targets));
    }

    public static AdapterSet Load(string folder, Module network)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(network);
        AdapterConfiguration configuration = ReadConfiguration(Path.Combine(folder, ConfigurationFile));
        SafetensorsFile file = Safetensors.Read(Path.Combine(folder, WeightsFile));
        KeyValuePair<string, Parameter>[] targets = [.. TargetsOf(file, network)];
        RequireMatrices(file, targets, configuration);
        WholeParameters whole = new(network, targets.Select(target => target.Key));
        IReadOnlyList<KeyValuePair<string, Tensor>> values = whole.FromPeft(file);
        AdapterBase.Require(file, targets);
        AdapterSet adapters = AdapterSet.AddStored(network, new LoraOptions
        {
            Rank = configuration.Rank,
            Alpha = configuration.Alpha,
            StabilizesRank = configuration.IsRankStabilised,
            DecomposesWeights = configuration.DecomposesWeights,
            Targets = [.. targets.Select(target => target.Key)],
            AlsoTrained = [.. values.Select(value => value.Key)],
        });
        foreach ((string name, Parameter weight) in targets)
        {
            Take(file, name, weight);
        }

        Dictionary<string, Parameter> alsoTrained = adapters.AlsoTrained.ToDictionary();
        foreach ((string name, Tensor value) in values)
        {
            Set(alsoTrained[name], value);
        }

        return adapters;
    }

    /// <summary>Writes a folder, as a whole or not at all.</summary>
    internal static void Write(
        string folder, byte[] configuration, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, Dictionary<string, string> metadata) =>
        AtomicFolder.Write(folder, [ConfigurationFile, WeightsFile], target =>
        {
            Safetensors.Write(Path.Combine(target, WeightsFile), tensors, metadata);
            AtomicFile.WriteBytes(Path.Combine(target, ConfigurationFile), configuration);
        });

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="InvalidFileException">It is none.</exception>
    internal static T ReadJson<T>(string path, JsonTypeInfo<T> type)
    {
        using FileInput input = FileInput.Open(path);
        if (input.Remaining > ConfigurationLimit)
        {
            throw input.Error($"expected at most {ConfigurationLimit} bytes, got {input.Remaining}");
        }

        byte[] json = input.Read(input.Remaining, "the configuration of an adapter");
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new InvalidFileException(path, FilePosition.None, "expected a JSON object, got null");
        }
        catch (JsonException error)
        {
            throw new InvalidFileException(
                path, error.LineNumber is { } line ? FilePosition.Line(line + 1) : FilePosition.None, "expected the configuration of an adapter as JSON", error);
        }
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> MatricesOf(string name, Parameter weight)
    {
        LowRankUpdate update = (LowRankUpdate)weight.Parametrization!;
        Shape shape = weight.Type.Shape;
        (Tensor down, Tensor up) = update.Matrices;
        yield return new(AdapterNames.Of(name, AdapterNames.Down), AdapterNames.DownToPeft(down, shape));
        yield return new(AdapterNames.Of(name, AdapterNames.Up), AdapterNames.UpToPeft(up, shape));
        if (update.Parameters.TryGetValue(LowRankUpdate.MagnitudeSuffix, out Parameter? magnitude))
        {
            yield return new(AdapterNames.Of(name, AdapterNames.Magnitude), magnitude.Value);
        }
    }

    private static AdapterConfiguration Describe(AdapterSet adapters, string? baseModel)
    {
        string[] modules = [.. adapters.TargetNames.Select(AdapterNames.ModuleOf)];
        string[] saved = [.. WholeParameters.ModulesOf(adapters.AlsoTrained)];

        // An update that began as a part of the weight is saved with that part, by PEFT's way: twice the rank, at the same scale.
        LoraOptions options = adapters.Options;
        int times = options.BeginsAsPrincipal ? 2 : 1;
        return new AdapterConfiguration
        {
            PeftType = LowRank,
            BaseModel = baseModel,
            Rank = options.Rank * times,
            Alpha = options.Alpha * (options.StabilizesRank ? Math.Sqrt(times) : times),
            IsRankStabilised = options.StabilizesRank,
            DecomposesWeights = options.DecomposesWeights,
            Bias = adapters.AlsoTrained.Any(pair => WholeParameters.IsBias(pair.Key)) ? "all" : "none",
            SavedModules = saved.Length > 0 ? saved : null,
            TargetModules = JsonSerializer.SerializeToElement(modules, AdapterJson.Default.StringArray),
        };
    }

    private static AdapterConfiguration ReadConfiguration(string path)
    {
        AdapterConfiguration configuration = ReadJson(path, AdapterJson.Default.AdapterConfiguration);
        string? problem = configuration switch
        {
            { PeftType: not (null or LowRank) } => $"expected peft_type {LowRank}, got {configuration.PeftType}",
            { Rank: < 1 } => $"expected r of 1 or more, got {configuration.Rank}",
            { Alpha: not (> 0 and < double.PositiveInfinity) } => $"expected lora_alpha above 0, got {configuration.Alpha}",
            { Bias: not ("none" or "all" or "lora_only") } => $"expected bias none, all or lora_only, got {configuration.Bias}",
            { FanInFanOut: true } => "expected fan_in_fan_out false, got true",
            _ => null,
        };
        return problem is null ? configuration : throw new InvalidFileException(path, FilePosition.None, problem);
    }

    private static IEnumerable<KeyValuePair<string, Parameter>> TargetsOf(SafetensorsFile file, Module network)
    {
        ILookup<string, KeyValuePair<string, Parameter>> weights = network.NamedParameters
            .Where(pair => pair.Value.Type.Shape.Rank >= 2)
            .ToLookup(pair => AdapterNames.ModuleOf(pair.Key));
        string[] modules = [.. file.Keys.Select(AdapterNames.ModuleOfMatrix).OfType<string>().Distinct()];
        if (modules.Length == 0)
        {
            throw AdapterBase.Error(file, $"expected matrices of a low-rank adapter, got {Names.List([.. file.Keys])}");
        }

        foreach (string module in modules)
        {
            yield return weights.Contains(module)
                ? weights[module].First()
                : throw AdapterBase.Error(file, $"the adapter is for another base: it changes '{module}', and {network.Label} has no such weight");
        }
    }

    private static void RequireMatrices(SafetensorsFile file, KeyValuePair<string, Parameter>[] targets, AdapterConfiguration configuration)
    {
        foreach ((string name, Parameter weight) in targets)
        {
            Shape shape = weight.Type.Shape;
            AdapterBase.Find(file, AdapterNames.Of(name, AdapterNames.Down), AdapterNames.PeftDown(shape, configuration.Rank));
            AdapterBase.Find(file, AdapterNames.Of(name, AdapterNames.Up), AdapterNames.PeftUp(shape, configuration.Rank));
            if (configuration.DecomposesWeights)
            {
                AdapterBase.Find(file, AdapterNames.MagnitudeIn(file, name), [shape[-1]]);
            }
        }
    }

    private static void Take(SafetensorsFile file, string name, Parameter weight)
    {
        IReadOnlyDictionary<string, Parameter> parts = weight.Parametrization!.Parameters;
        Shape shape = weight.Type.Shape;
        Set(parts[LowRankUpdate.DownSuffix], AdapterNames.DownFromPeft(file[AdapterNames.Of(name, AdapterNames.Down)], shape));
        Set(parts[LowRankUpdate.UpSuffix], AdapterNames.UpFromPeft(file[AdapterNames.Of(name, AdapterNames.Up)], shape));
        if (parts.TryGetValue(LowRankUpdate.MagnitudeSuffix, out Parameter? magnitude))
        {
            Set(magnitude, file[AdapterNames.MagnitudeIn(file, name)]);
        }
    }

    private static void Set(Parameter parameter, Tensor value) => parameter.Value = value.To(parameter.Type.DataType);
}
