using System.Collections.Concurrent;

namespace Nabla.HuggingFace;

/// <summary>Where the value of a parameter lies in a file.</summary>
/// <param name="Name">The tensor's name without the prefix of the family.</param>
/// <param name="IsBase">Whether the prefix may stand before it.</param>
/// <param name="Form">How the tensor becomes the parameter.</param>
internal sealed record TensorPlace(string Name, bool IsBase, TensorForm Form);

/// <summary>The names of a family's tensors in files beside those of its parameters here: a table that is part of the library, a file a family.</summary>
internal sealed class NameMap
{
    private static readonly ConcurrentDictionary<string, NameMap> Maps = new();

    private readonly List<(NameTemplate Theirs, NameTemplate Ours, bool IsBase, TensorForm Form)> rows = [];
    private readonly List<NameTemplate> unused = [];
    private readonly List<NameTemplate> tied = [];
    private readonly List<(string Old, string Now)> endings = [];

    private NameMap(IEnumerable<string> lines)
    {
        foreach (string[] cells in lines.Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t')))
        {
            Add(cells);
        }
    }

    /// <summary>What stands before the names of all but the head, where a file holds a head too.</summary>
    public string Prefix { get; private set; } = string.Empty;

    /// <summary>The map of a family.</summary>
    public static NameMap Of(string family) => Maps.GetOrAdd(family, name =>
    {
        using Stream stream = typeof(NameMap).Assembly.GetManifestResourceStream($"{name}.tsv")
            ?? throw new InvalidOperationException($"There is no name map '{name}'.");
        using StreamReader reader = new(stream);
        return new NameMap(reader.ReadToEnd().ReplaceLineEndings("\n").Split('\n'));
    });

    /// <summary>Where the value of a parameter lies.</summary>
    /// <param name="parameter">Its dotted name; what a <see cref="Layers.TiedEmbedding"/> called <c>lm</c> puts before names does not count.</param>
    public TensorPlace PlaceOf(string parameter)
    {
        string name = Plain(parameter);
        foreach ((NameTemplate theirs, NameTemplate ours, bool isBase, TensorForm form) in rows)
        {
            if (ours.Match(name) is { } numbers)
            {
                return new TensorPlace(theirs.With(numbers), isBase, form);
            }
        }

        throw new InvalidOperationException($"The name map has no row for the parameter '{parameter}'.");
    }

    /// <summary>The name that today's files have for a tensor of an older one.</summary>
    public string Renewed(string name)
    {
        (string old, string now) = endings.FirstOrDefault(pair => name.EndsWith(pair.Old, StringComparison.Ordinal));
        return old is null ? name : name[..^old.Length] + now;
    }

    /// <summary>Whether a tensor, named without the prefix, is a copy of another one.</summary>
    public bool IsTied(string name) => tied.Any(template => template.Match(name) is not null);

    /// <summary>Whether a tensor, named without the prefix, is one that files hold though no network needs it.</summary>
    public bool IsKnownAsUnused(string name) => unused.Any(template => template.Match(name) is not null);

    private static string Plain(string parameter) => parameter switch
    {
        _ when parameter.StartsWith("lm.body.", StringComparison.Ordinal) => parameter["lm.body.".Length..],
        _ when parameter.StartsWith("lm.embedding.", StringComparison.Ordinal) => $"tokens.{parameter["lm.embedding.".Length..]}",
        _ => parameter,
    };

    private void Add(string[] cells)
    {
        switch (cells)
        {
            case ["prefix", var prefix]:
                Prefix = prefix;
                break;
            case ["base" or "head", var theirs, var ours, var form]:
                rows.Add((new NameTemplate(theirs), new NameTemplate(ours), cells[0] == "base", TensorForm.Parse(form)));
                break;
            case ["unused", var name]:
                unused.Add(new NameTemplate(name));
                break;
            case ["tied", var name]:
                tied.Add(new NameTemplate(name));
                break;
            case ["old", var old, var now]:
                endings.Add((old, now));
                break;
            default:
                throw new FormatException($"A name map has no row '{string.Join(' ', cells)}'.");
        }
    }
}
