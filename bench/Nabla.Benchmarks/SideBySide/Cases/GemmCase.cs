using Nabla.Ops.Products;
using Nabla.Peers;
using TorchSharp;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>
/// Products of matrices: squares, odd sizes, tall and small ones, transposed operands, batches, dense layers. They are named MxKxN:
/// <c>[M, K] x [K, N]</c>, whichever operand is stored transposed; one number is a square.
/// </summary>
internal static class GemmCase
{
    private const int Heads = 96;
    private const double WorthPeak = 3e7;

    public static IEnumerable<Duel> Duels() => [.. Large(), .. Transposed(), .. Small(), .. Attention(), .. Dense()];

    private static IEnumerable<Duel> Large()
    {
        foreach (int size in new[] { 64, 256, 512, 1024, 2048 })
        {
            yield return Product($"{size}", size, size, size);
        }

        (int Rows, int Steps, int Columns)[] sizes = [(1001, 1003, 997), (64, 1600, 64), (64, 784, 128), (2048, 256, 1024), (25600, 288, 64), (128, 512, 4096)];
        foreach ((int rows, int steps, int columns) in sizes)
        {
            yield return Product($"{rows}x{steps}x{columns}", rows, steps, columns);
        }

        yield return Product("1024 float64", 1024, 1024, 1024, new Layout(DataType.Float64));
    }

    private static IEnumerable<Duel> Transposed()
    {
        yield return Product("1024 left transposed", 1024, 1024, 1024, new Layout(TransposeLeft: true));
        yield return Product("1024 right transposed", 1024, 1024, 1024, new Layout(TransposeRight: true));
        yield return Product("1024x2048x256 left transposed", 1024, 2048, 256, new Layout(TransposeLeft: true));
        yield return Product("256x2048x256 left transposed", 256, 2048, 256, new Layout(TransposeLeft: true));
        yield return Product("1600x64x64 left transposed", 1600, 64, 64, new Layout(TransposeLeft: true));
        yield return Product("64x64x1600 right transposed", 64, 64, 1600, new Layout(TransposeRight: true));
    }

    private static IEnumerable<Duel> Small()
    {
        (int Rows, int Steps, int Columns)[] sizes =
            [(1, 1600, 64), (1, 784, 128), (10, 64, 32), (64, 128, 10), (1, 1024, 1024), (1024, 1024, 1)];
        foreach ((int rows, int steps, int columns) in sizes)
        {
            yield return Product($"small {rows}x{steps}x{columns}", rows, steps, columns);
        }

        yield return Product("small 1x1024x1024 right transposed", 1, 1024, 1024, new Layout(TransposeRight: true));
    }

    private static IEnumerable<Duel> Attention()
    {
        yield return Product($"{Heads} of 128x64x128 right transposed", 128, 64, 128, new Layout(TransposeRight: true, Batch: Heads));
        yield return Product($"{Heads} of 128x128x64", 128, 128, 64, new Layout(Batch: Heads));
    }

    private static IEnumerable<Duel> Dense()
    {
        yield return Dense(64, 784, 128);
        yield return Dense(1, 1600, 64);
    }

    private static Duel Product(string variant, int rows, int steps, int columns, Layout? layout = null)
    {
        layout ??= new Layout();
        Tensor left = layout.Random(1, layout.TransposeLeft ? (steps, rows) : (rows, steps));
        Tensor right = layout.Random(2, layout.TransposeRight ? (columns, steps) : (steps, columns));
        torch.Tensor torchLeft = layout.TransposeLeft ? left.ToTorch().transpose(-1, -2) : left.ToTorch();
        torch.Tensor torchRight = layout.TransposeRight ? right.ToTorch().transpose(-1, -2) : right.ToTorch();
        MatMul op = new(layout.TransposeLeft, layout.TransposeRight);
        double flops = 2.0 * layout.Batch * rows * columns * steps;
        return new Duel(variant, Metric.Flops(flops), () => op.Apply(left, right), () => [torchLeft.matmul(torchRight)])
        {
            ComparesWithPeak = layout.DataType == DataType.Float32 && flops > WorthPeak,
        };
    }

    private static Duel Dense(int rows, int steps, int columns)
    {
        Layout layout = new();
        (Tensor input, Tensor kernel, Tensor bias) = (layout.Random(1, (rows, steps)), layout.Random(2, (steps, columns)), RandomKey.FromSeed(3).Normal([columns]));
        (torch.Tensor torchInput, torch.Tensor torchKernel, torch.Tensor torchBias) = (input.ToTorch(), kernel.ToTorch(), bias.ToTorch());
        DenseProduct op = new(Rectifies: true);
        return new Duel(
            $"dense {rows}x{steps}x{columns} with ReLU", Metric.Flops(2.0 * rows * columns * steps),
            () => op.Apply(input, kernel, bias), () => [torch.addmm(torchBias, torchInput, torchKernel, 1, 1).relu_()]);
    }

    /// <summary>How the operands lie in memory.</summary>
    private sealed record Layout(DataType DataType = DataType.Float32, bool TransposeLeft = false, bool TransposeRight = false, int Batch = 1)
    {
        public Tensor Random(long seed, (int Rows, int Columns) matrix) =>
            RandomKey.FromSeed(seed).Normal(Batch == 1 ? [matrix.Rows, matrix.Columns] : [Batch, matrix.Rows, matrix.Columns]).To(DataType);
    }
}
