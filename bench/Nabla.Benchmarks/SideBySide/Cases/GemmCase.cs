using Nabla.Ops.Products;
using Nabla.Peers;
using TorchSharp;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>Products of matrices: squares, odd sizes, tall ones, transposed operands.</summary>
internal static class GemmCase
{
    public static IEnumerable<Duel> Duels()
    {
        foreach (int size in new[] { 64, 256, 512, 1024, 2048 })
        {
            yield return Product($"{size}", size, size, size);
        }

        yield return Product("1001x997x1003", 1001, 997, 1003);
        yield return Product("64x64x1600", 64, 64, 1600);
        yield return Product("25600x64x288", 25600, 64, 288);
        yield return Product("128x4096x512", 128, 4096, 512);
        yield return Product("1024 left transposed", 1024, 1024, 1024, transposeLeft: true);
        yield return Product("1024 right transposed", 1024, 1024, 1024, transposeRight: true);
        yield return Product("64x1600x64 left transposed", 1600, 64, 64, transposeLeft: true);
        yield return Product("64x1600x64 right transposed", 64, 1600, 64, transposeRight: true);
        yield return Product("1024 float64", 1024, 1024, 1024, DataType.Float64);
    }

    private static Duel Product(
        string variant, int rows, int columns, int steps, DataType dataType = DataType.Float32, bool transposeLeft = false, bool transposeRight = false)
    {
        Tensor left = RandomKey.FromSeed(1).Normal(transposeLeft ? [steps, rows] : [rows, steps]).To(dataType);
        Tensor right = RandomKey.FromSeed(2).Normal(transposeRight ? [columns, steps] : [steps, columns]).To(dataType);
        torch.Tensor torchLeft = transposeLeft ? left.ToTorch().t() : left.ToTorch();
        torch.Tensor torchRight = transposeRight ? right.ToTorch().t() : right.ToTorch();
        MatMul op = new(transposeLeft, transposeRight);
        return new Duel(
            variant, Metric.Flops(2.0 * rows * columns * steps),
            () => op.Apply(left, right),
            () => [torchLeft.matmul(torchRight)])
        {
            ComparesWithPeak = dataType == DataType.Float32,
        };
    }
}
