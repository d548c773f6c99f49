namespace Nabla.Formats;

/// <summary>
/// Reads and writes tensors that are spread over several safetensors files, with an index that says where each is:
/// <c>model.safetensors.index.json</c>, as large models of Hugging Face have it.
/// </summary>
/// <example>
/// <code>
/// IReadOnlyDictionary&lt;string, Tensor&gt; weights = ShardedSafetensors.Read("model/model.safetensors.index.json");
/// ShardedSafetensors.Write("copy/model.safetensors.index.json", weights, shardLimit: 2_000_000_000);
/// </code>
/// </example>
public static class ShardedSafetensors
{
    /// <summary>The bytes of elements that a file has at most when nothing else is said: 5 GB, as other libraries write them.</summary>
    public const long DefaultShardLimit = 5_000_000_000;

    /// <summary>Reads all tensors, in the order of the index.</summary>
    /// <param name="path">The index. Its files lie in its own folder.</param>
    /// <exception cref="FileNotFoundException">There is no such index.</exception>
    /// <exception cref="InvalidFileException">The index is none, points out of its folder, or its files hold other tensors than it says.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ShardIndex.Read(path).ReadAll(Safetensors.Read);
    }

    /// <summary>What the files hold, in the order of the index, by their headers alone.</summary>
    /// <inheritdoc cref="Read"/>
    public static IReadOnlyList<StoredTensor> List(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return [.. ShardIndex.Read(path).ReadAll(file => Safetensors.List(file).ToDictionary(tensor => tensor.Name)).Values];
    }

    /// <summary>
    /// Writes tensors in the given order into as many files as the limit asks for, <c>model-00001-of-00003.safetensors</c> and so on beside
    /// <c>model.safetensors.index.json</c>. All files are written under other names first, then put in place, the index last; when writing fails, what was
    /// there before stays. Files of an older index that are no longer needed are deleted.
    /// </summary>
    /// <param name="path">The index: a name that ends with <c>.safetensors.index.json</c>. Its folder must exist.</param>
    /// <param name="tensors">Names and tensors; each name once, and none called <c>__metadata__</c>.</param>
    /// <param name="shardLimit">The bytes of elements of a file; a tensor that is larger has a file of its own.</param>
    /// <param name="options">What the elements are stored as, and the free text of each file; null for what they are and none.</param>
    /// <exception cref="ArgumentException">A name is there twice or reserved, a value does not fit into its type, or the path has another ending.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The limit is below 1.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Write(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, long shardLimit = DefaultShardLimit, SafetensorsOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(shardLimit, 1);
        new ShardWriter(path, options ?? new SafetensorsOptions()).Write([.. tensors], shardLimit);
    }
}
