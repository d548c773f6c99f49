using System.Numerics.Tensors;

namespace Nabla.Compression;

/// <summary>
/// A matrix as <c>left * diagonal(values) * right</c>, values falling, by turning pairs of rows until all are at right angles (one-sided Jacobi: Hestenes,
/// Inversion of Matrices by Biorthogonalization, 1958; rotations after Golub and Van Loan, Matrix Computations, section 8.6). Computed in float64, in one order.
/// </summary>
internal sealed class SingularValues
{
    private const int MostSweeps = 60;
    private const double Tolerance = 1e-13;

    // Rows so short beside the others are rounding alone.
    private const double Nothing = 1e-24;

    private readonly double[][] rows;
    private readonly double[][] turned;

    private SingularValues(double[][] rows, double[][] turned, double[] values) => (this.rows, this.turned, Values) = (rows, turned, values);

    /// <summary>The singular values, falling.</summary>
    public double[] Values { get; }

    /// <summary>Decomposes a matrix <c>[rows, columns]</c>.</summary>
    public static SingularValues Of(double[][] matrix)
    {
        double[][] rows = [.. matrix.Select(row => row.ToArray())];
        double[][] turned = [.. rows.Select((_, index) => Unit(rows.Length, index))];
        for (int sweep = 0; sweep < MostSweeps && Sweep(rows, turned); sweep++)
        {
        }

        double[] lengths = [.. rows.Select(Length)];
        int[] order = [.. Enumerable.Range(0, rows.Length).OrderByDescending(index => lengths[index])];
        return new SingularValues([.. order.Select(index => rows[index])], [.. order.Select(index => turned[index])], [.. order.Select(index => lengths[index])]);
    }

    /// <summary>The share of the energy, the sum of squares, that the largest values hold; of a matrix of zeros all of it.</summary>
    public double EnergyOf(int rank)
    {
        double whole = Values.Sum(value => value * value);
        return whole == 0 ? 1 : Values.Take(rank).Sum(value => value * value) / whole;
    }

    /// <summary>The fewest values that keep a share of the energy, the sum of squares; at least one.</summary>
    public int RankFor(double energy)
    {
        double whole = Values.Sum(value => value * value);
        double sum = 0;
        for (int rank = 1; rank <= Values.Length; rank++)
        {
            sum += Values[rank - 1] * Values[rank - 1];
            if (sum >= energy * whole)
            {
                return rank;
            }
        }

        return Values.Length;
    }

    /// <summary>The two factors of the best approximation of a rank, each with the roots of the values: the matrix is about <c>left * right</c>.</summary>
    /// <returns><c>[rows, rank]</c> and <c>[rank, columns]</c>, row by row.</returns>
    public (double[][] Left, double[][] Right) Factors(int rank)
    {
        double[] roots = [.. Values.Take(rank).Select(Math.Sqrt)];
        double[][] left = [.. Enumerable.Range(0, rows.Length).Select(row => roots.Select((root, index) => turned[index][row] * root).ToArray())];
        double[][] right = [.. roots.Select((root, index) => rows[index].Select(value => root > 0 ? value / root : 0).ToArray())];
        return (left, right);
    }

    private static bool Sweep(double[][] rows, double[][] turned)
    {
        double[] squares = [.. rows.Select(row => TensorPrimitives.Dot<double>(row, row))];
        double least = squares.Sum() * Nothing;
        bool any = false;
        for (int one = 0; one < rows.Length - 1; one++)
        {
            for (int other = one + 1; other < rows.Length; other++)
            {
                bool counts = squares[one] > least && squares[other] > least;
                any |= counts && Turn(rows, turned, squares, one, other);
            }
        }

        return any;
    }

    // Makes two rows stand at right angles, and notes the turn; false when they do already.
    private static bool Turn(double[][] rows, double[][] turned, double[] squares, int one, int other)
    {
        double product = TensorPrimitives.Dot<double>(rows[one], rows[other]);
        if (Math.Abs(product) <= Tolerance * Math.Sqrt(squares[one] * squares[other]))
        {
            return false;
        }

        double slope = (squares[other] - squares[one]) / (2 * product);
        double tangent = (slope >= 0 ? 1 : -1) / (Math.Abs(slope) + Math.Sqrt(1 + (slope * slope)));
        double cosine = 1 / Math.Sqrt(1 + (tangent * tangent));
        Turn(rows[one], rows[other], cosine, cosine * tangent);
        Turn(turned[one], turned[other], cosine, cosine * tangent);
        squares[one] -= tangent * product;
        squares[other] += tangent * product;
        return true;
    }

    private static void Turn(double[] one, double[] other, double cosine, double sine)
    {
        for (int index = 0; index < one.Length; index++)
        {
            (one[index], other[index]) = ((cosine * one[index]) - (sine * other[index]), (sine * one[index]) + (cosine * other[index]));
        }
    }

    private static double Length(double[] row) => Math.Sqrt(TensorPrimitives.Dot<double>(row, row));

    private static double[] Unit(int size, int index)
    {
        double[] unit = new double[size];
        unit[index] = 1;
        return unit;
    }
}
