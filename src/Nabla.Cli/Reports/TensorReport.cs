using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Nabla.Cli.Reports;

/// <summary>The tensors of a file: names, types, shapes, counts.</summary>
internal static class TensorReport
{
    /// <summary>Prints a table, or one line of JSON.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="path">The file.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="tensors">What it holds.</param>
    /// <param name="json">Whether a machine reads it.</param>
    public static void Print(Terminal terminal, string path, string kind, IReadOnlyDictionary<string, Tensor> tensors, bool json)
    {
        if (json)
        {
            terminal.Output.WriteLine(ToJson(kind, tensors).ToJsonString(PredictionReport.Readable));
            return;
        }

        Table table = new() { Title = new TableTitle(Markup.Escape(path)), Border = TableBorder.Rounded };
        table.AddColumns("tensor", "type", "shape");
        table.AddColumn(new TableColumn("numbers").RightAligned());
        foreach ((string name, Tensor tensor) in tensors)
        {
            table.AddRow(Markup.Escape(FileText.OneLine(name)), tensor.DataType.Label, Markup.Escape(tensor.Shape.ToString()), Number(tensor.ElementCount));
        }

        table.AddRow($"{Number(tensors.Count)} tensors", string.Empty, string.Empty, Number(Total(tensors)));
        terminal.Console.Write(table);
    }

    private static JsonObject ToJson(string kind, IReadOnlyDictionary<string, Tensor> tensors) => new()
    {
        ["kind"] = kind,
        ["numbers"] = Total(tensors),
        ["tensors"] = new JsonArray([.. tensors.Select(pair => Describe(pair.Key, pair.Value))]),
    };

    private static JsonObject Describe(string name, Tensor tensor) => new()
    {
        ["name"] = name,
        ["type"] = tensor.DataType.Label,
        ["shape"] = new JsonArray([.. tensor.Shape.Select(size => (JsonNode)size)]),
    };

    private static long Total(IReadOnlyDictionary<string, Tensor> tensors) => tensors.Values.Sum(tensor => (long)tensor.ElementCount);

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
