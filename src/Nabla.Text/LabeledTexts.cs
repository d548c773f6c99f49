using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Text;

/// <summary>Texts with a class each.</summary>
/// <param name="Path">Where they come from, as the user named it.</param>
/// <param name="Texts">The texts; none is empty.</param>
/// <param name="Labels">The class of each text: a place in <paramref name="Classes"/>.</param>
/// <param name="Classes">The names of the classes, in ordinal order unless they were given.</param>
/// <param name="Dropped">How many texts were left out because they were empty.</param>
/// <example>
/// <code>
/// LabeledTexts reviews = LabeledTexts.Read("reviews.csv", text: "review", label: "stars");
/// LabeledTexts sentences = LabeledTexts.Read("rt-polarity");   // a folder: rt-polarity/pos.txt, rt-polarity/neg.txt, a text a line
/// </code>
/// </example>
public sealed record LabeledTexts(string Path, IReadOnlyList<string> Texts, IReadOnlyList<int> Labels, IReadOnlyList<string> Classes, int Dropped)
{
    private const string UsualLabel = "label";
    private const int FewestClasses = 2;

    /// <summary>
    /// Reads a table (CSV or TSV, gzipped or not), or a folder with one file a class, a text a line: the files that end in <c>.txt</c>, gzipped or not, or, where
    /// there are none, those without an ending or of one name with several (<c>reviews.pos</c>, <c>reviews.neg</c>); never a README or a licence.
    /// </summary>
    /// <param name="path">The file or the folder.</param>
    /// <param name="text">The column of the texts; if null, the only one besides that of the classes.</param>
    /// <param name="label">The column of the classes; <c>label</c> if null.</param>
    /// <param name="options">How the table is written.</param>
    /// <param name="classes">The classes that a model knows; null to take those that are met.</param>
    /// <exception cref="InvalidFileException">
    /// There is no such column, a text without a class, a class that is not known or only one, nothing but empty texts, or text that is not UTF-8; the message
    /// names the line.
    /// </exception>
    public static LabeledTexts Read(
        string path, string? text = null, string? label = null, CsvOptions? options = null, IReadOnlyList<string>? classes = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        IEnumerable<LabeledLine> lines = Directory.Exists(path)
            ? ClassFiles.Read(path)
            : LinesOf(CsvTable.Read(path, (options ?? new CsvOptions()) with { MissingValues = [] }), text, label ?? UsualLabel);
        return Collect(path, [.. lines], classes);
    }

    /// <summary>Some of the texts.</summary>
    /// <param name="indices">Which, in this order.</param>
    public LabeledTexts Select(IReadOnlyList<int> indices) =>
        this with { Texts = [.. indices.Select(index => Texts[index])], Labels = [.. indices.Select(index => Labels[index])], Dropped = 0 };

    /// <summary>The texts as inputs of a network and the classes as targets.</summary>
    public Dataset<Sample> ToDataset(TextPreprocessing preprocessing) =>
        Dataset.FromTensors(EncodedTexts.Of(preprocessing, Texts).Ids, Tensor.From([.. Labels]));

    private static IEnumerable<LabeledLine> LinesOf(CsvTable table, string? text, string label)
    {
        CsvColumn labels = table[label];
        string[] others = [.. table.Columns.Select(column => column.Name).Where(name => name != label)];
        CsvColumn texts = text is not null ? table[text] : others is [{ } only] ? table[only] : throw new InvalidFileException(
            table.Path, FilePosition.Line(1), $"expected the name of the column of the texts, one of {string.Join(", ", others)}, got none");
        return Enumerable.Range(0, table.RowCount).Select(row => new LabeledLine(table.Path, table.Line(row), texts.Values[row] ?? "", labels.Values[row] ?? ""));
    }

    private static LabeledTexts Collect(string path, IReadOnlyList<LabeledLine> lines, IReadOnlyList<string>? classes)
    {
        LabeledLine[] full = [.. lines.Where(line => !string.IsNullOrWhiteSpace(line.Text))];
        if (full.Length == 0)
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected texts, got {(lines.Count == 0 ? "none" : $"{lines.Count} empty ones")}");
        }

        if (Array.FindIndex(full, line => string.IsNullOrWhiteSpace(line.Class)) is >= 0 and int place)
        {
            throw full[place].WithoutClass();
        }

        string[] names = classes is null ? [.. full.Select(line => line.Class).Distinct().Order(StringComparer.Ordinal)] : [.. classes];
        if (names.Length < FewestClasses)
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected texts of at least {FewestClasses} classes, got '{names[0]}' alone");
        }

        Dictionary<string, int> places = names.Index().ToDictionary(name => name.Item, name => name.Index);
        int[] labels = [.. full.Select(line => places.TryGetValue(line.Class, out int label) ? label : throw line.Unknown(names))];
        return new LabeledTexts(path, [.. full.Select(line => line.Text)], labels, names, lines.Count - full.Length);
    }
}
