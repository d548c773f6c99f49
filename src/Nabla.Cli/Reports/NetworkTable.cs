using System.Globalization;
using Nabla.Layers;
using Spectre.Console;

namespace Nabla.Cli.Reports;

/// <summary>Prints a network as a table: layers, shapes, parameters, multiply-adds.</summary>
internal static class NetworkTable
{
    public static void Print(IAnsiConsole console, string name, Sequential network)
    {
        Table table = new() { Title = new TableTitle(Markup.Escape($"{name}: input [{string.Join(", ", network.InputShape)}]")), Border = TableBorder.Rounded };
        table.AddColumns("layer", "kind", "output");
        table.AddColumn(new TableColumn("parameters").RightAligned());
        table.AddColumn(new TableColumn("multiply-adds").RightAligned());
        Shape shape = network.InputShape;
        long multiplyAdds = 0;
        for (int index = 0; index < network.Layers.Count; index++)
        {
            Layer layer = network.Layers[index];
            long cost = layer.MultiplyAdds(shape);
            shape = layer.OutputShape(shape);
            multiplyAdds += cost;
            table.AddRow($"{index}", layer.Kind, Markup.Escape(shape.ToString()), Number(layer.ParameterCount), Number(cost));
        }

        table.AddRow("total", string.Empty, string.Empty, Number(network.ParameterCount), Number(multiplyAdds));
        console.Write(table);
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
