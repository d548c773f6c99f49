using Nabla.Ops.Indexing;

namespace Nabla.Transforms;

/// <summary>The gradient of a parameter: as a whole, or those of its rows that are not zero.</summary>
/// <param name="Values">A gradient of the parameter's shape, or rows <c>[most, ...]</c>.</param>
/// <param name="Rows">The int32 indices <c>[most]</c> of the rows, as <see cref="SumRows"/> gives them; null when the gradient is whole.</param>
internal readonly record struct ParameterGradient(Tensor Values, Tensor? Rows = null)
{
    /// <summary>The tensors that it is made of.</summary>
    public IEnumerable<Tensor> Parts => Rows is null ? [Values] : [Values, Rows];

    /// <summary>The gradient of a table of which rows were read.</summary>
    /// <param name="table">The table.</param>
    /// <param name="contributions">The cotangents of the rows, and the indices they were read at.</param>
    public static ParameterGradient OfRows(TensorType table, IReadOnlyList<(Tensor Rows, Tensor Indices)> contributions)
    {
        (Tensor rows, Tensor indices) = contributions.Count == 1 ? contributions[0] : (
            ShapeOps.Concatenate(0, [.. contributions.Select(part => part.Rows.Reshape([-1, .. table.Shape.Skip(1)]))]),
            ShapeOps.Concatenate(0, [.. contributions.Select(part => part.Indices.To(DataType.Int32).Reshape(-1))]));
        Tensor[] sums = new SumRows(table.Shape[0]).Apply(rows, indices);
        return new ParameterGradient(sums[0], sums[1]);
    }

    /// <summary>The whole gradient of a parameter.</summary>
    public Tensor Whole(TensorType parameter) => Rows is null ? Values : new Scatter(0, parameter.Shape[0] + 1).ApplyOne(Values, Rows).Slice(0, 0, parameter.Shape[0]);

    /// <summary>The sum of two gradients of a parameter.</summary>
    public ParameterGradient Plus(ParameterGradient other, TensorType parameter) => Rows is { } rows && other.Rows is { } others
        ? OfRows(parameter, [(Values, rows), (other.Values, others)])
        : new ParameterGradient(Whole(parameter) + other.Whole(parameter));

    /// <summary>The same with a function applied to its parts.</summary>
    public ParameterGradient With(Func<Tensor, Tensor> function) => new(function(Values), Rows is null ? null : function(Rows));
}
