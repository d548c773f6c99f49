using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Formats;
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
    public static void Print(Terminal terminal, string path, string kind, IReadOnlyList<TensorRow> tensors, bool json)
    {
        if (json)
        {
            terminal.Output.WriteLine(ToJson(kind, tensors).ToJsonString(PredictionReport.Readable));
            return;
        }

        terminal.Output.WriteLine(path);
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("tensor", "type", "shape");
        table.AddColumn(new TableColumn("numbers").RightAligned());
        foreach (TensorRow tensor in tensors)
        {
            table.AddRow(Markup.Escape(FileText.OneLine(tensor.Name)), tensor.Type, Markup.Escape(tensor.Shape.ToString()), Number(tensor.Shape.ElementCount));
        }

        table.AddRow($"{Number(tensors.Count)} {(tensors.Count == 1 ? "tensor" : "tensors")}", string.Empty, string.Empty, Number(Total(tensors)));
        terminal.Console.Write(table);
    }

    private static JsonObject ToJson(string kind, IReadOnlyList<TensorRow> tensors) => new()
    {
        ["kind"] = kind,
        ["numbers"] = Total(tensors),
        ["tensors"] = new JsonArray([.. tensors.Select(Describe)]),
    };

    private static JsonObject Describe(TensorRow tensor) => new()
    {
        ["name"] = tensor.Name,
        ["type"] = tensor.Type,
        ["shape"] = new JsonArray([.. tensor.Shape.Select(size => (JsonNode)size)]),
    };

    private static long Total(IReadOnlyList<TensorRow> tensors) => tensors.Sum(tensor => (long)tensor.Shape.ElementCount);

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>A tensor in a report.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What its elements are in the file, such as <c>bfloat16</c>.</param>
/// <param name="Shape">Its dimensions.</param>
internal sealed record TensorRow(string Name, string Type, Shape Shape)
{
    /// <summary>Tensors of which the headers of a file tell.</summary>
    public static IReadOnlyList<TensorRow> Of(IReadOnlyList<StoredTensor> tensors) =>
        [.. tensors.Select(tensor => new TensorRow(tensor.Name, tensor.Type.ToString().ToLowerInvariant(), tensor.Shape))];

    /// <summary>Tensors that were read.</summary>
    public static IReadOnlyList<TensorRow> Of(IReadOnlyDictionary<string, Tensor> tensors) =>
        [.. tensors.Select(pair => new TensorRow(pair.Key, pair.Value.DataType.Label, pair.Value.Shape))];
}
