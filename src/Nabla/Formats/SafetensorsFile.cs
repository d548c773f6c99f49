using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Nabla.Formats;

/// <summary>What a safetensors file holds: tensors by name, in the order of the header, and metadata.</summary>
public sealed class SafetensorsFile : IReadOnlyDictionary<string, Tensor>
{
    private readonly OrderedDictionary<string, Tensor> tensors;

    internal SafetensorsFile(string path, OrderedDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        Path = path;
        this.tensors = tensors;
        Metadata = metadata;
    }

    /// <summary>The free text of the file; empty when it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The number of tensors.</summary>
    public int Count => tensors.Count;

    /// <summary>What errors call the file.</summary>
    internal string Path { get; }

    /// <summary>The names in the order of the header.</summary>
    public IEnumerable<string> Keys => tensors.Keys;

    /// <summary>The tensors in the order of the header.</summary>
    public IEnumerable<Tensor> Values => tensors.Values;

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message lists the names that exist.</exception>
    public Tensor this[string key] => tensors.TryGetValue(key, out Tensor? tensor)
        ? tensor
        : throw new KeyNotFoundException($"{Path} has no tensor '{key}'; it has {Names.List(tensors.Keys)}.");

    /// <inheritdoc/>
    public bool ContainsKey(string key) => tensors.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Tensor value) => tensors.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Tensor>> GetEnumerator() => tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
