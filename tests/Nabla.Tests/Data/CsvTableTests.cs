using System.IO.Compression;
using System.Text;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Tests.Formats;

namespace Nabla.Tests.Data;

public sealed class CsvTableTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Kinds_of_columns_are_inferred()
    {
        CsvTable table = Read("age, city ,code\n 39 ,Ulm,1\n4.5e1,\"Bad \"\"X\"\", Y\",a\n-.5,?,2\n");
        Assert.Equal(["age", "city", "code"], table.Columns.Select(column => column.Name));
        Assert.Equal([ColumnKind.Numeric, ColumnKind.Categorical, ColumnKind.Categorical], table.Columns.Select(column => column.Kind));
        Assert.Equal([39.0, 45, -0.5], Enumerable.Range(0, 3).Select(row => table["age"].Number(row)!.Value));
        Assert.Equal(["Ulm", "Bad \"X\", Y", null], table["city"].Values);
        Assert.Equal([2], table["city"].MissingRows);
    }

    [Theory]
    [InlineData("a;b\n1;2\n")]
    [InlineData("a\tb\r\n1\t2\r\n")]
    [InlineData("\uFEFFa|b\n1|2")]
    public void The_delimiter_is_told_from_the_header(string text)
    {
        CsvTable table = Read(text);
        Assert.Equal(["a", "b"], table.Columns.Select(column => column.Name));
        Assert.Equal("2", table["b"].Values[0]);
    }

    [Fact]
    public void A_gzipped_table_is_unpacked_and_refused_when_cut_short()
    {
        using MemoryStream packed = new();
        using (GZipStream stream = new(packed, CompressionMode.Compress, leaveOpen: true))
        {
            stream.Write("a,b\n1,2\n3,4\n"u8);
        }

        byte[] good = packed.ToArray();
        Assert.Equal("4", CsvTable.Read(folder.Write("t.csv", good))["b"].Values[1]);
        for (int length = 2; length < good.Length; length++)
        {
            string path = folder.Write("cut.csv.gz", good[..length]);
            Assert.Throws<InvalidFileException>(() => CsvTable.Read(path));
        }
    }

    [Fact]
    public void A_table_without_a_header_takes_the_names_it_is_given()
    {
        using StringReader text = new("1,2\n3,4,5\n");
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => CsvTable.Read(text, "t", new CsvOptions { Header = ["x", "y"] }));
        Assert.Equal("t: expected 2 fields (x, y), got 3 at line 2", error.Message);
        using StringReader good = new("1,2\n3,4\n");
        CsvTable table = CsvTable.Read(good, "t", new CsvOptions { Header = ["x", "y"] });
        Assert.Equal((2, 1L, "4"), (table.RowCount, table.Line(0), table["y"].Values[1]));
    }

    [Fact]
    public void Lines_count_breaks_in_quotes_and_blank_lines()
    {
        CsvTable table = Read("a,b\n\"one\ntwo\",1\n\nx,2\n\n\n\"y\",3");
        Assert.Equal(3, table.RowCount);
        Assert.Equal([2L, 5, 8], Enumerable.Range(0, 3).Select(table.Line));
    }

    [Theory]
    [InlineData("label\ttext\npos\t\"Great\" film\nneg\t\"Bad\n", null, "\"Great\" film|\"Bad")]
    [InlineData("label\ttext\npos\t\"Great film\"\nneg\t\"not \"\"good\"\"\"\n", null, "Great film|not \"good\"")]
    [InlineData("label\ttext\npos\t\"Great film\"\nneg\t\"Bad\" one\n", null, "\"Great film\"|\"Bad\" one")]
    [InlineData("label\ttext\npos\t\"Great film\"\n", false, "\"Great film\"")]
    [InlineData("label,text\npos,\"Great\" film\n", false, "\"Great\" film")]
    [InlineData("label,text\npos,5\" wide\n", null, "5\" wide")]
    [InlineData("label,text\n#1,a\n", null, "a")]
    public void Quotes_are_characters_where_they_are_to_be_or_a_file_of_tabs_cannot_be_read_otherwise(string text, bool? quotes, string expected)
    {
        CsvTable table = CsvTable.Read(folder.Write("table.tsv", text), new CsvOptions { Quotes = quotes });
        Assert.Equal(expected, string.Join('|', table["text"].Values));
        Assert.Equal(2, table.Line(0));
    }

    [Theory]
    [InlineData("a\tb\npos\t\"Great\" film\n", true, "at line 2")]
    [InlineData("a\tb\npos\t\"Great\" film\tmore\n", null, "at line 2")]
    [InlineData("a,b\npos,\"Great\" film\n", null, "at line 2")]
    public void Quotes_that_are_not_right_are_refused_elsewhere(string text, bool? quotes, string expected) => Assert.EndsWith(expected, Assert.Throws<InvalidFileException>(
        () => CsvTable.Read(folder.Write("table.tsv", text), new CsvOptions { Quotes = quotes })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("a,b\n1,2\n3\n", "expected 2 fields as in the header, got 1 at line 3")]
    [InlineData("a,b\n\"x\ny\",2\n\n3,4,5\n", "expected 2 fields as in the header, got 3 at line 5")]
    [InlineData("a,b\n1,2\n\"3,4\n", "at line 3")]
    [InlineData("a,b\n\"1\"x,2\n", "at line 2")]
    [InlineData("a,b,a\n1,2,3\n", "expected each column once, got 'a' twice at line 1")]
    [InlineData("", "expected a header row, got an empty file at line 1")]
    public void A_malformed_table_is_named_with_the_line(string text, string expected)
    {
        string message = Assert.Throws<InvalidFileException>(() => Read(text)).Message;
        Assert.StartsWith(folder.File("table.csv"), message, StringComparison.Ordinal);
        Assert.EndsWith(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_not_utf8_is_named_with_the_line()
    {
        string path = folder.Write("table.csv", [.. "a,b\n1,2\nM"u8, 0xFC, .. "ller,3\n"u8]);
        Assert.EndsWith("expected text in UTF-8, got byte FC at line 3", Assert.Throws<InvalidFileException>(() => CsvTable.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_column_lists_those_that_exist() => Assert.EndsWith(
        "expected a column 'c', got 'a', 'b' at line 1", Assert.Throws<InvalidFileException>(() => Read("a,b\n1,2\n")["c"]).Message, StringComparison.Ordinal);

    [Fact]
    public void A_table_comes_from_any_text()
    {
        CsvTable table = CsvTable.Read(new StringReader("a,b\n1,none\n"), "standard input", new CsvOptions { MissingValues = ["none"] });
        Assert.Null(table["b"].Values[0]);
        Assert.Equal("standard input", table.Path);
    }

    [Fact]
    public void Random_corruption_is_read_or_refused() => HostileInput.RandomCorruptionIsReadOrRefused(
        Encoding.UTF8.GetBytes("a,b,ü\n1,\"x \"\"y\"\"\nz\",2.5\n3,,4\n\n5,6,7\n"), path => CsvTable.Read(path));

    private CsvTable Read(string text) => CsvTable.Read(folder.Write("table.csv", text));
}
