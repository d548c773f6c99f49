using System.Text;
using Nabla.Ops;

namespace Nabla.Graphs;

/// <summary>Writes graphs as text.</summary>
internal static class GraphPrinter
{
    private const int ShownConstant = 4;

    /// <summary>As in <c>%2 = MatMul(x, 0.kernel) float32[64, 10]</c>, one line a node.</summary>
    public static string Print(Graph graph)
    {
        Dictionary<Value, string> names = new(ReferenceEqualityComparer.Instance);
        StringBuilder text = new();
        text.Append("graph(").AppendJoin(", ", graph.Arguments.Select(argument => $"{argument.Name}: {argument.Type}")).Append(")\n");
        foreach (Node node in graph.Nodes)
        {
            string inputs = string.Join(", ", node.Inputs.Select(Name));
            string results = string.Join(", ", node.Results.Select(result => names[result] = $"%{names.Count}"));
            text.Append("  ").Append(results).Append(" = ").Append(node.Op.Name).Append(Attributes(node.Op)).Append('(').Append(inputs).Append(") ")
                .AppendJoin(", ", node.Results.Select(result => result.Type)).Append('\n');
        }

        foreach (CellWrite write in graph.Writes)
        {
            text.Append("  ").Append(write.Cell.Name).Append(" <- ").Append(Name(write.Value)).Append('\n');
        }

        return text.Append("  return ").AppendJoin(", ", graph.Outputs.Select(Name)).Append('\n').ToString();

        string Name(Value value) => value switch
        {
            Argument argument => argument.Name,
            CellValue cell => cell.Cell.Name,
            Constant constant => Describe(constant.Tensor),
            _ => names[value],
        };
    }

    /// <summary>The attributes of an op as in <c>{ TransposeRight = True }</c>; nothing when it has none.</summary>
    internal static string Attributes(Op op)
    {
        string all = op.ToString();
        int open = all.IndexOf('{', StringComparison.Ordinal);
        string inner = open < 0 ? string.Empty : all[(open + 1)..all.LastIndexOf('}')].Trim();
        string named = $"Name = {op.Name}";
        inner = inner.StartsWith(named, StringComparison.Ordinal) ? inner[named.Length..].TrimStart(',', ' ') : inner;
        return inner.Length == 0 || inner.EndsWith("{ }", StringComparison.Ordinal) ? string.Empty : $"{{ {inner} }}";
    }

    private static string Describe(Tensor constant) => constant.ElementCount <= ShownConstant && constant.Rank == 0
        ? constant.ToDouble().ToString(System.Globalization.CultureInfo.InvariantCulture)
        : $"constant {constant.Type}";
}
