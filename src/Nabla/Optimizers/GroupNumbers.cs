using System.Runtime.InteropServices;
using Nabla.Graphs;

namespace Nabla.Optimizers;

/// <summary>
/// The numbers of the step that was begun, such as the learning rate: one tensor for all parameters whose groups give the same factors. A compiled step reads
/// the tensors, so that it is good for all steps.
/// </summary>
/// <param name="groups">The groups.</param>
/// <param name="compute">The numbers of this step for some factors.</param>
internal sealed class GroupNumbers(Func<IReadOnlyList<ParameterGroup>> groups, Func<ParameterFactors, double[]> compute)
{
    private readonly Dictionary<ParameterFactors, Cell> cells = [];

    /// <summary>Computes all numbers anew.</summary>
    public void Advance()
    {
        foreach ((ParameterFactors factors, Cell cell) in cells)
        {
            double[] values = compute(factors);
            cell.Replace(cell.IsShared ? Storage.Allocate(cell.Type.ByteCount) : cell.Storage);
            values.CopyTo(MemoryMarshal.Cast<byte, double>(cell.Storage.Span()));
        }
    }

    /// <summary>The numbers for a parameter, float64.</summary>
    public Tensor Of(string name)
    {
        ParameterFactors factors = ParameterGroup.FactorsOf(groups(), name);
        if (!cells.TryGetValue(factors, out Cell? cell))
        {
            cell = cells[factors] = new Cell("the numbers of the step", Tensor.From(compute(factors)));
        }

        return cell.Value;
    }
}
