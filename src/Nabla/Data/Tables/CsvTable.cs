using Nabla.Formats;

namespace Nabla.Data;

/// <summary>A table from a text file: a header row, then a row a line, fields quoted where they hold a delimiter, a quote or a line break (see <see cref="CsvOptions.Quotes"/>).</summary>
/// <example>
/// <code>
/// CsvTable table = CsvTable.Read("iris.csv");
/// TablePreprocessing preprocessing = TablePreprocessing.Fit(table, target: "species");
/// TableTensors tensors = preprocessing.Apply(table);
/// </code>
/// </example>
public sealed class CsvTable
{
    private const int LinesShown = 5;
    private readonly Dictionary<string, CsvColumn> byName;
    private readonly IReadOnlyList<long> lines;

    internal CsvTable(string path, IReadOnlyList<CsvColumn> columns, IReadOnlyList<long> lines)
    {
        Path = path;
        Columns = columns;
        this.lines = lines;
        byName = columns.ToDictionary(column => column.Name);
    }

    /// <summary>The file as the user named it.</summary>
    public string Path { get; }

    /// <summary>The columns in the order of the file.</summary>
    public IReadOnlyList<CsvColumn> Columns { get; }

    /// <summary>The number of rows without the header row and blank lines.</summary>
    public int RowCount => lines.Count;

    /// <summary>The column of a name.</summary>
    /// <exception cref="InvalidFileException">There is none; the message lists those that exist.</exception>
    public CsvColumn this[string name] => byName.TryGetValue(name, out CsvColumn? column) ? column : throw new InvalidFileException(
        Path, FilePosition.Line(1), $"expected a column '{name}', got {Names.List([.. byName.Keys])}");

    /// <summary>Reads a table in UTF-8, plain or gzipped whatever its name.</summary>
    /// <exception cref="InvalidFileException">A row has more or fewer fields than the header, or the text is malformed; the message names the line.</exception>
    public static CsvTable Read(string path, CsvOptions? options = null)
    {
        byte[] bytes = PackedFile.ReadAllBytes(path);
        Utf8Text.Require(bytes, path);
        options ??= new CsvOptions();
        try
        {
            return Read(bytes, path, options);
        }
        catch (InvalidFileException) when (options.Quotes is null && IsOfTabs(bytes, options) && TryRead(bytes, path, options with { Delimiter = '\t', Quotes = false }) is { } table)
        {
            return table;
        }
    }

    /// <summary>Reads a table from any text, such as standard input.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="options">How it is written.</param>
    /// <exception cref="InvalidFileException">A row has more or fewer fields than the header, or the text is malformed.</exception>
    public static CsvTable Read(TextReader reader, string name, CsvOptions? options = null) => new CsvParser(name, options ?? new CsvOptions()).Parse(reader);

    private static CsvTable Read(byte[] bytes, string path, CsvOptions options)
    {
        using StreamReader reader = new(new MemoryStream(bytes));
        return Read(reader, path, options);
    }

    private static CsvTable? TryRead(byte[] bytes, string path, CsvOptions options)
    {
        try
        {
            return Read(bytes, path, options);
        }
        catch (InvalidFileException)
        {
            return null;
        }
    }

    private static bool IsOfTabs(byte[] bytes, CsvOptions options)
    {
        ReadOnlySpan<byte> firstLine = bytes.AsSpan()[..(bytes.AsSpan().IndexOf((byte)'\n') is >= 0 and int end ? end : bytes.Length)];
        return options.Delimiter is { } delimiter ? delimiter == '\t' : firstLine.Contains((byte)'\t');
    }

    /// <summary>Whether there is a column of this name.</summary>
    public bool HasColumn(string name) => byName.ContainsKey(name);

    /// <summary>The line of the file where a row begins.</summary>
    public long Line(int row) => lines[row];

    /// <summary>An error in a row.</summary>
    internal InvalidFileException Error(int row, string problem) => new(Path, FilePosition.Line(lines[row]), problem);

    /// <summary>As in <c>lines 4, 17, 20 and 3 more</c>.</summary>
    internal string DescribeLines(IReadOnlyList<int> rows)
    {
        string shown = string.Join(", ", rows.Take(LinesShown).Select(row => lines[row]));
        return $"{(rows.Count == 1 ? "line" : "lines")} {shown}{(rows.Count > LinesShown ? $" and {rows.Count - LinesShown} more" : "")}";
    }
}
