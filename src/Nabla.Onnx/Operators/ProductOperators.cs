using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Products of matrices.</summary>
internal static class ProductOperators
{
    public static Dictionary<string, Operator> All { get; } = new()
    {
        ["Det"] = One(Determinant),
        ["Einsum"] = One(Einsum.Compute),
        ["Gemm"] = One(Gemm),
        ["MatMul"] = One(call => MatMul(call[0], call[1])),
    };

    /// <summary>A product; integers go through float64, which holds them up to 2^53.</summary>
    internal static Tensor MatMul(Tensor x, Tensor y) => x.DataType.IsFloating
        ? x.MatMul(y)
        : x.To(DataType.Float64).MatMul(y.To(DataType.Float64)).To(x.DataType);

    private static Tensor Gemm(NodeCall call)
    {
        (Tensor x, Tensor y) = (call[0], call[1]);
        bool isFloating = x.DataType.IsFloating;
        (Tensor left, Tensor right) = isFloating ? (x, y) : (x.To(DataType.Float64), y.To(DataType.Float64));
        Tensor product = left.MatMul(right, call.Flag("transA"), call.Flag("transB"));
        product = call.Number("alpha", 1) is var alpha && alpha != 1 ? product * alpha : product;
        if (call.Optional(2) is { } added)
        {
            double beta = call.Number("beta", 1);
            Tensor bias = added.To(product.DataType);
            product += beta == 1 ? bias : bias * beta;
        }

        return isFloating ? product : product.To(x.DataType);
    }

    // By elimination with the largest pivot, for values that are known.
    private static Tensor Determinant(NodeCall call)
    {
        Tensor x = call[0];
        int size = x.Shape[-1];
        double[] values = x.To(DataType.Float64).ToArray<double>();
        int count = values.Length / Math.Max(1, size * size);
        double[] results = new double[count];
        for (int matrix = 0; matrix < count; matrix++)
        {
            results[matrix] = Determinant(values.AsSpan(matrix * size * size, size * size), size);
        }

        return Tensor.From(results, [.. x.Shape.AsSpan()[..^2]]).To(x.DataType);
    }

    private static double Determinant(Span<double> matrix, int size)
    {
        double result = 1;
        for (int column = 0; column < size; column++)
        {
            int pivot = column;
            for (int row = column + 1; row < size; row++)
            {
                pivot = Math.Abs(matrix[(row * size) + column]) > Math.Abs(matrix[(pivot * size) + column]) ? row : pivot;
            }

            if (matrix[(pivot * size) + column] == 0)
            {
                return 0;
            }

            for (int other = 0; other < size && pivot != column; other++)
            {
                (matrix[(pivot * size) + other], matrix[(column * size) + other]) = (matrix[(column * size) + other], matrix[(pivot * size) + other]);
            }

            result *= pivot == column ? matrix[(column * size) + column] : -matrix[(column * size) + column];
            for (int row = column + 1; row < size; row++)
            {
                double factor = matrix[(row * size) + column] / matrix[(column * size) + column];
                for (int other = column; other < size; other++)
                {
                    matrix[(row * size) + other] -= factor * matrix[(column * size) + other];
                }
            }
        }

        return result;
    }
}
