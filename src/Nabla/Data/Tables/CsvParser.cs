using Nabla.Formats;
using Sylvan.Data.Csv;

namespace Nabla.Data;

/// <summary>Reads the rows of a table and knows the line of each.</summary>
internal sealed class CsvParser(string path, CsvOptions options)
{
    private const char Quote = '"';
    private const char NoCharacter = '\0';
    private const int BufferSize = 1 << 16;
    private const int RowLimit = 1 << 26;
    private const int SharedTexts = 4096;

    private readonly HashSet<string> missing = [.. options.MissingValues, ""];
    private readonly List<long> lines = [];
    private long line = 1;

    public CsvTable Parse(TextReader text)
    {
        try
        {
            using CsvDataReader reader = CsvDataReader.Create(text, ReaderOptions());
            string[] names = ReadHeader(reader);
            ColumnBuilder[] columns = [.. names.Select(_ => new ColumnBuilder())];
            while (reader.Read())
            {
                ReadRow(reader, columns);
            }

            return new CsvTable(path, [.. names.Zip(columns, (name, column) => new CsvColumn(name, column.Values))], lines);
        }
        catch (CsvMissingHeadersException error)
        {
            throw new InvalidFileException(path, FilePosition.Line(1), "expected a header row, got an empty file", error);
        }
        catch (FormatException error) when (error is not InvalidFileException)
        {
            string reason = error.Message.TrimEnd('.');
            throw Error($"expected fields that are quoted right and of at most {RowLimit} characters, got something else ({reason})", error);
        }
    }

    private CsvDataReaderOptions ReaderOptions() => new()
    {
        Delimiter = options.Delimiter,
        Quote = options.Quotes == false ? NoCharacter : Quote,
        Comment = NoCharacter,
        BufferSize = BufferSize,
        MaxBufferSize = RowLimit,
        HasHeaders = options.Header is null,
        ResultSetMode = ResultSetMode.SingleResult,
        OwnsReader = false,
    };

    private string[] ReadHeader(CsvDataReader reader)
    {
        if (options.Header is { } header)
        {
            return [.. header];
        }

        string[] names = [.. Enumerable.Range(0, reader.FieldCount).Select(index => HeaderName(reader.GetName(index).Trim(), index))];
        string? twice = names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
        {
            throw Error($"expected each column once, got '{twice}' twice");
        }

        line += 1 + names.Sum(LineBreaks);
        return names;
    }

    // Tables of pandas have an index column without a name.
    private static string HeaderName(string name, int index) => name.Length > 0 ? name : $"column {index + 1}";

    private void ReadRow(CsvDataReader reader, ColumnBuilder[] columns)
    {
        int fields = reader.RowFieldCount;
        bool blank = fields == 1 && reader.GetString(0).Length == 0;
        if (!blank && fields != columns.Length)
        {
            string expected = options.Header is { } header ? $"({string.Join(", ", header)})" : "as in the header";
            throw Error($"expected {columns.Length} fields {expected}, got {fields}");
        }

        int breaks = 0;
        for (int index = 0; index < columns.Length && !blank; index++)
        {
            string value = reader.GetString(index);
            breaks += LineBreaks(value);
            value = value.Trim();
            columns[index].Add(missing.Contains(value) ? null : value);
        }

        if (!blank)
        {
            lines.Add(line);
        }

        line += 1 + breaks;
    }

    private InvalidFileException Error(string problem, Exception? inner = null) => new(path, FilePosition.Line(line), problem, inner);

    private static int LineBreaks(string value) => value.AsSpan().Count('\n');

    /// <summary>The values of a column; equal texts share one string as long as there are few.</summary>
    private sealed class ColumnBuilder
    {
        private readonly Dictionary<string, string> shared = [];

        public List<string?> Values { get; } = [];

        public void Add(string? value)
        {
            if (value is not null && !shared.TryGetValue(value, out string? same) && shared.Count < SharedTexts)
            {
                shared.Add(value, value);
                same = value;
            }
            else
            {
                same = value is null ? null : shared.GetValueOrDefault(value, value);
            }

            Values.Add(same);
        }
    }
}
