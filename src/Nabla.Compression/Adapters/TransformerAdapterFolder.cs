using System.Text.Json;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>Reads and writes adapters and prefixes of Transformers.</summary>
internal static class TransformerAdapterFolder
{
    private const string Prefix = "PREFIX_TUNING";
    private const string Bottleneck = "BOTTLENECK";

    public static void Save(string folder, TransformerAdapter adapter, string? baseModel)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        KeyValuePair<string, Tensor>[] tensors = adapter.Kind == AdapterKind.Prefix
            ? [new(PrefixLayout.Name, PrefixLayout.Join(adapter.Learnt))]
            : [.. adapter.Learnt.Select(pair => KeyValuePair.Create(AdapterNames.Prefix + pair.Key, pair.Value.Value))];
        Dictionary<string, string> metadata = AdapterBase.Note(adapter.Base.NamedParameters);
        byte[] configuration = JsonSerializer.SerializeToUtf8Bytes(Describe(adapter) with { BaseModel = baseModel }, TransformerAdapterJson.Default.TransformerAdapterConfiguration);
        AdapterFolder.Write(folder, configuration, tensors, metadata);
    }

    public static TransformerAdapter Load(string folder, Sequential network)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(network);
        TransformerAdapterConfiguration configuration = Read(Path.Combine(folder, AdapterFolder.ConfigurationFile));
        SafetensorsFile file = Safetensors.Read(Path.Combine(folder, AdapterFolder.WeightsFile));
        RequireSize(file, configuration);
        AdapterBase.Require(file, network.NamedParameters);
        try
        {
            TransformerAdapter adapter = configuration.PeftType == Prefix
                ? TransformerAdapter.AddPrefix(network, configuration.Length!.Value)
                : TransformerAdapter.AddBottlenecks(network, configuration.BottleneckSize!.Value);
            Take(file, adapter);
            return adapter;
        }
        catch (ArgumentException error)
        {
            throw AdapterBase.Error(file, $"the adapter is for another base: {error.Message}");
        }
    }

    private static TransformerAdapterConfiguration Describe(TransformerAdapter adapter)
    {
        if (adapter.Kind == AdapterKind.Bottleneck)
        {
            return new TransformerAdapterConfiguration { PeftType = Bottleneck, BottleneckSize = adapter.Size };
        }

        Shape shape = adapter.Learnt[0].Value.Type.Shape;
        return new TransformerAdapterConfiguration
        {
            PeftType = Prefix,
            Length = adapter.Size,
            Layers = adapter.Learnt.Count / 2,
            Heads = shape[1],
            TokenSize = shape[1] * shape[2],
            Submodules = 1,
            HasProjection = false,
        };
    }

    private static TransformerAdapterConfiguration Read(string path)
    {
        TransformerAdapterConfiguration configuration = AdapterFolder.ReadJson(path, TransformerAdapterJson.Default.TransformerAdapterConfiguration);
        string? problem = configuration switch
        {
            { PeftType: not (Prefix or Bottleneck) } => $"expected peft_type {Prefix} or {Bottleneck}, got {configuration.PeftType ?? "none"}",
            { PeftType: Prefix, Length: not > 0 } => $"expected num_virtual_tokens of 1 or more, got {configuration.Length?.ToString() ?? "none"}",
            { PeftType: Prefix, HasProjection: true } => "expected prefix_projection false, got true: merge the projection first",
            { PeftType: Bottleneck, BottleneckSize: not > 0 } => $"expected bottleneck_size of 1 or more, got {configuration.BottleneckSize?.ToString() ?? "none"}",
            _ => null,
        };
        return problem is null ? configuration : throw new InvalidFileException(path, FilePosition.None, problem);
    }

    // The tensors of the file, whose length bounds what is allocated, must be of the size that the configuration claims.
    private static void RequireSize(SafetensorsFile file, TransformerAdapterConfiguration configuration)
    {
        int size = (configuration.Length ?? configuration.BottleneckSize)!.Value;
        if (!file.Values.Any(tensor => tensor.Shape.Contains(size)))
        {
            throw AdapterBase.Error(file, $"expected tensors with an axis of {size} as {AdapterFolder.ConfigurationFile} says, got none");
        }
    }

    private static void Take(SafetensorsFile file, TransformerAdapter adapter)
    {
        if (adapter.Kind == AdapterKind.Prefix)
        {
            PrefixLayout.Take(adapter.Learnt, AdapterBase.Find(file, PrefixLayout.Name, PrefixLayout.ShapeOf(adapter.Learnt)));
            return;
        }

        foreach ((string name, Parameter parameter) in adapter.Learnt)
        {
            parameter.Value = AdapterBase.Find(file, AdapterNames.Prefix + name, parameter.Type.Shape).To(parameter.Type.DataType);
        }
    }
}
