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
        ModuleSummary summary = network.Summary();
        foreach (ModuleSummaryRow row in summary.Rows)
        {
            table.AddRow(row.Name, row.Kind, Markup.Escape(row.OutputShape?.ToString() ?? ""), Number(row.Parameters), Number(row.MultiplyAdds));
        }

        table.AddRow("total", string.Empty, string.Empty, Number(network.ParameterCount), Number(summary.MultiplyAdds));
        console.Write(table);
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
