namespace Nabla.Compression.Tests.Factorization;

public sealed class SingularValuesTests
{
    // The singular values of [[3, 0], [4, 5]] are the roots of 45 and 5; those of Hilbert's matrix of three rows are its eigenvalues, as in any table.
    [Fact]
    public void Known_matrices_have_their_known_values()
    {
        Close([Math.Sqrt(45), Math.Sqrt(5)], SingularValues.Of([[3, 0], [4, 5]]).Values);
        double[][] hilbert = [.. Enumerable.Range(1, 3).Select(row => Enumerable.Range(0, 3).Select(column => 1.0 / (row + column)).ToArray())];
        Close([1.4083189271, 0.1223270659, 0.0026873404], SingularValues.Of(hilbert).Values);
        Close([0, 0], SingularValues.Of([[0, 0, 0], [0, 0, 0]]).Values);

        static void Close(double[] expected, double[] values) => Assert.All(expected.Zip(values), pair => Assert.Equal(pair.First, pair.Second, 1e-10));
    }

    [Theory]
    [InlineData(7, 11)]
    [InlineData(9, 4)]
    [InlineData(1, 5)]
    public void The_factors_of_the_whole_rank_are_the_matrix(int rows, int columns)
    {
        double[][] matrix = Random(rows, columns);
        SingularValues values = SingularValues.Of(matrix);
        Assert.Equal(values.Values.OrderDescending(), values.Values);
        Assert.Equal(matrix.Sum(row => row.Sum(value => value * value)), values.Values.Sum(value => value * value), 1e-9);
        (double[][] left, double[][] right) = values.Factors(rows);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                Assert.Equal(matrix[row][column], Enumerable.Range(0, rows).Sum(index => left[row][index] * right[index][column]), 1e-9);
            }
        }
    }

    // Eckart and Young: what is lost is the energy of the values that were left out.
    [Fact]
    public void The_factors_of_a_smaller_rank_lose_the_smallest_values()
    {
        double[][] matrix = Random(6, 9);
        SingularValues values = SingularValues.Of(matrix);
        int rank = values.RankFor(0.8);
        Assert.InRange(values.EnergyOf(rank), 0.8, 1);
        Assert.InRange(values.EnergyOf(rank - 1), 0, 0.8);
        (double[][] left, double[][] right) = values.Factors(rank);
        double lost = Enumerable.Range(0, 6).Sum(row => Enumerable.Range(0, 9).Sum(column =>
            Math.Pow(matrix[row][column] - Enumerable.Range(0, rank).Sum(index => left[row][index] * right[index][column]), 2)));
        Assert.Equal(values.Values.Skip(rank).Sum(value => value * value), lost, 1e-9);
    }

    private static double[][] Random(int rows, int columns) =>
        [.. RandomKey.FromSeed(1).Normal([rows, columns]).To(DataType.Float64).ToArray<double>().Chunk(columns)];
}
