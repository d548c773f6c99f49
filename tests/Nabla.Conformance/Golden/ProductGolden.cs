namespace Nabla.Conformance.Golden;

/// <summary>Products of matrices and vectors, single and in batches that broadcast.</summary>
internal static class ProductGolden
{
    public static void Record(GoldenRecorder file)
    {
        Product(file, "matrices", [5, 7], [7, 3]);
        Product(file, "row and column", [1, 17], [17, 1]);
        Product(file, "batch", [3, 4, 5], [3, 5, 2]);
        Product(file, "batch with one right matrix", [3, 4, 5], [5, 2]);
        Product(file, "batch with one left matrix", [4, 5], [3, 5, 2]);
        Product(file, "batches that broadcast", [2, 1, 3, 4], [3, 4, 2]);
        Product(file, "matrix and vector", [4, 5], [5]);
        Product(file, "vector and batch", [5], [3, 5, 2]);
        Product(file, "vectors", [6], [6]);
        file.Record("batch with right transposed", [GoldenRecorder.Normal(2, 3, 4), GoldenRecorder.Normal(2, 5, 4)], x => x[0].matmul(x[1].transpose(1, 2)));
        file.Record("left transposed", [GoldenRecorder.Normal(7, 5), GoldenRecorder.Normal(7, 3)], x => x[0].t().matmul(x[1]));
        file.Record("right transposed", [GoldenRecorder.Normal(5, 7), GoldenRecorder.Normal(3, 7)], x => x[0].matmul(x[1].t()));
    }

    private static void Product(GoldenRecorder file, string name, long[] left, long[] right) =>
        file.Record(name, [GoldenRecorder.Normal(left), GoldenRecorder.Normal(right)], x => x[0].matmul(x[1]));
}
