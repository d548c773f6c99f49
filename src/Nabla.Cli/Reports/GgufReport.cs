using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Formats;
using Spectre.Console;

namespace Nabla.Cli.Reports;

/// <summary>What a GGUF file says about its model, and its tensors as they are stored.</summary>
internal static class GgufReport
{
    private const int ShownItems = 4;
    private const int ShownLetters = 60;

    /// <summary>Prints tables, or one line of JSON.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="file">The file.</param>
    /// <param name="json">Whether a machine reads it.</param>
    public static void Print(Terminal terminal, GgufFile file, bool json)
    {
        if (json)
        {
            terminal.Output.WriteLine(ToJson(file).ToJsonString(PredictionReport.Readable));
            return;
        }

        terminal.Output.WriteLine($"{file.Path}, version {file.Version}");
        terminal.Console.Write(MetadataOf(file));
        terminal.Console.Write(TensorsOf(file));
    }

    private static Table MetadataOf(GgufFile file)
    {
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("key", "value");
        foreach ((string key, object value) in file.Metadata)
        {
            table.AddRow(Markup.Escape(FileText.OneLine(key)), Markup.Escape(Show(value)));
        }

        return table;
    }

    private static Table TensorsOf(GgufFile file)
    {
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("tensor", "stored as", "shape");
        table.AddColumn(new TableColumn("numbers").RightAligned());
        table.AddColumn(new TableColumn("bytes").RightAligned());
        foreach (GgufTensor tensor in file.Tensors.Values)
        {
            string[] row = [FileText.OneLine(tensor.Name), tensor.Type, $"{tensor.Shape}", Number(tensor.Shape.ElementCount), Number(tensor.ByteCount)];
            table.AddRow(Array.ConvertAll(row, Markup.Escape));
        }

        long total = file.Tensors.Values.Sum(tensor => (long)tensor.Shape.ElementCount);
        table.AddRow($"{Number(file.Tensors.Count)} {(file.Tensors.Count == 1 ? "tensor" : "tensors")}", "", "", Number(total), Number(file.Tensors.Values.Sum(tensor => tensor.ByteCount)));
        return table;
    }

    private static JsonObject ToJson(GgufFile file) => new()
    {
        ["kind"] = "gguf",
        ["version"] = file.Version,
        ["numbers"] = file.Tensors.Values.Sum(tensor => (long)tensor.Shape.ElementCount),
        ["metadata"] = new JsonObject(file.Metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Show(pair.Value)))),
        ["tensors"] = new JsonArray([.. file.Tensors.Values.Select(Describe)]),
    };

    private static JsonObject Describe(GgufTensor tensor) => new()
    {
        ["name"] = tensor.Name,
        ["type"] = tensor.Type,
        ["shape"] = new JsonArray([.. tensor.Shape.Select(size => (JsonNode)size)]),
        ["bytes"] = tensor.ByteCount,
    };

    // Vocabularies have hundreds of thousands of items.
    private static string Show(object value) => value switch
    {
        string text => text.Length <= ShownLetters ? FileText.OneLine(text) : $"{FileText.OneLine(text[..ShownLetters])}...",
        Array items => $"[{string.Join(", ", items.Cast<object>().Take(ShownItems).Select(Show))}{Rest(items.Length)}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Rest(int items) => items > ShownItems ? $", ... {Number(items)} in all" : "";

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
