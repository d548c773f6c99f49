namespace Nabla.Conformance.Golden;

/// <summary>Products of matrices.</summary>
internal static class ProductGolden
{
    public static void Record(GoldenRecorder file)
    {
        Product(file, "matrices", [5, 7], [7, 3]);
        Product(file, "row and column", [1, 17], [17, 1]);
        file.Record("left transposed", [GoldenRecorder.Normal(7, 5), GoldenRecorder.Normal(7, 3)], x => x[0].t().matmul(x[1]));
        file.Record("right transposed", [GoldenRecorder.Normal(5, 7), GoldenRecorder.Normal(3, 7)], x => x[0].matmul(x[1].t()));
    }

    private static void Product(GoldenRecorder file, string name, long[] left, long[] right) =>
        file.Record(name, [GoldenRecorder.Normal(left), GoldenRecorder.Normal(right)], x => x[0].matmul(x[1]));
}
