using System.Globalization;
using System.Text;

namespace Nabla.Layers;

/// <summary>What one layer, or a module with parameters of its own, costs.</summary>
/// <param name="Name">Its dotted name within the module.</param>
/// <param name="Kind">The kind of layer.</param>
/// <param name="OutputShape">The shape of one output, without the batch; null where it is not known.</param>
/// <param name="Parameters">The numbers of its parameters.</param>
/// <param name="MultiplyAdds">The multiply-adds that one input costs.</param>
public sealed record ModuleSummaryRow(string Name, string Kind, Shape? OutputShape, long Parameters, long MultiplyAdds);

/// <summary>A module layer by layer, with totals. Its text is a table.</summary>
/// <param name="Rows">The layers in the order of registration.</param>
/// <param name="Trainable">The numbers of the parameters that gradients change.</param>
/// <param name="Frozen">The numbers of the other parameters.</param>
public sealed record ModuleSummary(IReadOnlyList<ModuleSummaryRow> Rows, long Trainable, long Frozen)
{
    private static readonly string[] Heads = ["layer", "kind", "output", "parameters", "multiply-adds"];

    /// <summary>The multiply-adds that one input costs in all layers.</summary>
    public long MultiplyAdds => Rows.Sum(row => row.MultiplyAdds);

    /// <summary>The table.</summary>
    public override string ToString()
    {
        string[][] cells = [Heads, .. Rows.Select(Cells), ["total", string.Empty, string.Empty, Number(Trainable + Frozen), Number(MultiplyAdds)]];
        int[] widths = [.. Heads.Select((_, column) => cells.Max(row => row[column].Length))];
        StringBuilder text = new();
        foreach (string[] row in cells)
        {
            text.AppendJoin("  ", row.Select((cell, column) => column < 3 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).Append('\n');
        }

        return text.Append(CultureInfo.InvariantCulture, $"{Number(Trainable)} parameters are trainable, {Number(Frozen)} are not.").ToString();
    }

    internal static ModuleSummary Of(Module module)
    {
        long trainable = module.TrainableParameters.Sum(pair => (long)pair.Value.Type.Shape.ElementCount);
        return new ModuleSummary([.. RowsOf(module, string.Empty)], trainable, module.ParameterCount - trainable);
    }

    private static IEnumerable<ModuleSummaryRow> RowsOf(Module module, string path)
    {
        if (module.Children.Count == 0 || module.OwnParameters.Any() || OwnMultiplyAdds(module) > 0)
        {
            yield return Row(module, path);
        }

        foreach ((string name, Module child) in module.Children)
        {
            foreach (ModuleSummaryRow row in RowsOf(child, path.Length == 0 ? name : $"{path}.{name}"))
            {
                yield return row;
            }
        }
    }

    private static ModuleSummaryRow Row(Module module, string path)
    {
        long parameters = module.OwnParameters.Sum(parameter => (long)parameter.Type.Shape.ElementCount);
        return module is Layer { InputShape: { } input } layer
            ? new ModuleSummaryRow(path, layer.Kind, layer.OutputShape(input), parameters, layer.OwnMultiplyAdds(input))
            : new ModuleSummaryRow(path, module.Kind, OutputShape: null, parameters, MultiplyAdds: 0);
    }

    private static long OwnMultiplyAdds(Module module) => module is Layer { InputShape: { } input } layer ? layer.OwnMultiplyAdds(input) : 0;

    private static string[] Cells(ModuleSummaryRow row) =>
        [row.Name, row.Kind, row.OutputShape?.ToString() ?? "?", Number(row.Parameters), Number(row.MultiplyAdds)];

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
