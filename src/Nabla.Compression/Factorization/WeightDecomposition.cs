namespace Nabla.Compression;

/// <summary>The singular values of a weight, which counts as the matrix of its last axis: <c>[taps * inputs, outputs]</c>.</summary>
internal sealed class WeightDecomposition
{
    private readonly bool isTransposed;

    private WeightDecomposition(SingularValues values, bool isTransposed) => (Values, this.isTransposed) = (values, isTransposed);

    /// <summary>The values.</summary>
    public SingularValues Values { get; }

    /// <summary>Decomposes a weight.</summary>
    /// <param name="weight">The weight, of two axes or more.</param>
    public static WeightDecomposition Of(Tensor weight)
    {
        int outputs = weight.Shape[-1];
        int inputs = weight.ElementCount / outputs;
        Tensor columns = weight.Reshape(inputs, outputs).To(DataType.Float64);

        // The shorter side makes the rows, of which there are fewer then.
        bool isTransposed = outputs <= inputs;
        double[] numbers = (isTransposed ? columns.Transpose() : columns).ToArray<double>();
        return new WeightDecomposition(SingularValues.Of([.. numbers.Chunk(Math.Max(inputs, outputs))]), isTransposed);
    }

    /// <summary>The factors <c>[inputs, rank]</c> and <c>[rank, outputs]</c>, float64, of the best approximation of a rank.</summary>
    public (Tensor First, Tensor Second) Factors(int rank)
    {
        (double[][] left, double[][] right) = Values.Factors(rank);
        Tensor rows = Tensor.From([.. left.SelectMany(row => row)], [left.Length, rank]);
        Tensor columns = Tensor.From([.. right.SelectMany(row => row)], [rank, right[0].Length]);
        return isTransposed ? (columns.Transpose(), rows.Transpose()) : (rows, columns);
    }
}
