using Nabla.Formats;

namespace Nabla.HuggingFace;

/// <summary>Gives parameters the values of a folder's tensors, and keeps an account of what is missing, does not fit and is left over.</summary>
internal sealed class WeightReader
{
    private const int Listed = 20;

    private readonly StoredWeights weights;
    private readonly NameMap map;
    private readonly bool mayHaveNewHead;
    private readonly Dictionary<string, string> fileNames = [];
    private readonly HashSet<string> taken = [];
    private readonly List<string> problems = [];
    private readonly bool hasPrefix;
    private long budget;

    /// <summary>An account of a folder's tensors.</summary>
    /// <param name="weights">The tensors.</param>
    /// <param name="map">Their names.</param>
    /// <param name="mayHaveNewHead">Whether the parameters of the head may be missing: it is another one than the file's.</param>
    public WeightReader(StoredWeights weights, NameMap map, bool mayHaveNewHead)
    {
        (this.weights, this.map, this.mayHaveNewHead) = (weights, map, mayHaveNewHead);
        budget = weights.ByteCount;
        hasPrefix = weights.Tensors.Keys.Any(name => name.StartsWith(map.Prefix, StringComparison.Ordinal));
        foreach (string name in weights.Tensors.Keys)
        {
            fileNames[map.Renewed(name)] = name;
        }
    }

    /// <summary>The parameters that the folder has no tensor for: they have new values.</summary>
    public List<string> NewParameters { get; } = [];

    /// <summary>The tensors, by the name in the file, that no parameter took and that are no copies.</summary>
    public IReadOnlyDictionary<string, Tensor> Unused => new OrderedDictionary<string, Tensor>(
        weights.Tensors.Where(pair => !taken.Contains(pair.Key) && !map.IsTied(WithoutPrefix(pair.Key))));

    /// <summary>Whether names of the base have the prefix in the file.</summary>
    public bool HasPrefix => hasPrefix;

    /// <summary>The value of a parameter; null for a new one. What does not fit is noted for <see cref="RequireFit"/>.</summary>
    /// <exception cref="InvalidFileException">So much is missing that making up for it would need more memory than the file has.</exception>
    public Tensor? Read(string parameter, TensorType type)
    {
        TensorPlace place = map.PlaceOf(parameter);
        string name = place.IsBase && hasPrefix ? map.Prefix + place.Name : place.Name;
        Shape shape = type.Shape;
        string expected = TensorInput.Show([.. place.Form.Stored(shape).Select(size => (long)size)]);
        if (!fileNames.TryGetValue(name, out string? fileName))
        {
            return Missing(parameter, place, name, expected, type);
        }

        Tensor stored = weights.Tensors[fileName];
        taken.Add(fileName);
        if (!stored.DataType.IsFloating || !stored.Shape.SequenceEqual(place.Form.Stored(shape)))
        {
            problems.Add($"'{name}' is {stored.DataType.Label} {stored.Shape} but {expected} is expected");
            return StandIn(type);
        }

        return weights.Outlines is { } outlines ? outlines.Of(type) : place.Form.Read(stored.To(DataType.Float32), shape);
    }

    /// <summary>Objects when tensors are missing or have other shapes.</summary>
    /// <param name="architecture">What the network is.</param>
    /// <exception cref="InvalidFileException">They do; the message lists them, and what is left over.</exception>
    public void RequireFit(string architecture)
    {
        if (problems.Count > 0)
        {
            throw Error(architecture);
        }
    }

    private Tensor? Missing(string parameter, TensorPlace place, string name, string expected, TensorType type)
    {
        // A pooler is part of the base by its name, but base models and other heads come without.
        if (mayHaveNewHead && (!place.IsBase || parameter.StartsWith("pooler.", StringComparison.Ordinal)))
        {
            NewParameters.Add(parameter);
            return null;
        }

        problems.Add($"'{name}' {expected} is missing");
        return StandIn(type);
    }

    // Zeros, so that all problems can be told at once.
    private Tensor StandIn(TensorType type)
    {
        budget -= type.ByteCount;
        return budget >= 0 ? Tensor.Zeros(type.Shape) : throw Error("the network of config.json");
    }

    private InvalidFileException Error(string architecture)
    {
        string[] over = [.. Unused.Where(pair => !map.IsKnownAsUnused(WithoutPrefix(pair.Key))).Select(pair => $"'{pair.Key}' {pair.Value.Shape} is not known")];
        string[] all = [.. problems, .. over];
        string more = all.Length > Listed ? $"; and {all.Length - Listed} more" : string.Empty;
        return new InvalidFileException(
            weights.Path, FilePosition.None, $"expected the tensors of {architecture}: {string.Join("; ", all.Take(Listed))}{more}");
    }

    private string WithoutPrefix(string name)
    {
        string renewed = map.Renewed(name);
        return renewed.StartsWith(map.Prefix, StringComparison.Ordinal) ? renewed[map.Prefix.Length..] : renewed;
    }
}
