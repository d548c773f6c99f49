using System.Runtime.InteropServices;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Models;

/// <summary>
/// The sizes of the batches that a model is computed in. A kernel may sum in another order when there is more work (Winograd's convolution does), so
/// the sizes are tried when the model is loaded: rows of random numbers, which show a single different bit. Those sizes are kept that give each row
/// the bits which the largest gives it, in any place of the batch; so a request has the same answer alone or batched.
/// </summary>
internal static class BatchSizes
{
    private const int Seed = 20;

    /// <summary>The sizes that are powers of two up to a largest one.</summary>
    public static IReadOnlyList<int> UpTo(int largest) =>
        [.. Enumerable.Range(0, int.Log2(largest) + 1).Select(power => 1 << power)];

    /// <summary>The sizes to use, ascending; empty if rows of the same batch have an influence on each other.</summary>
    /// <param name="model">A model that takes batches.</param>
    /// <param name="runner">Computes it; what it compiles here it need not compile again.</param>
    /// <param name="largest">The largest size that is wanted.</param>
    public static IReadOnlyList<int> Find(IServedModel model, IModelRunner runner, int largest)
    {
        IReadOnlyList<int> sizes = UpTo(largest);
        int most = sizes[^1];
        Tensor[] rows = [.. model.Inputs.Select(input => ProbeInputs.Create(input, most, Seed))];
        byte[][] whole = Run(runner, rows, 0, most);
        if (!IsBatch(model, whole, most) || (most > 1 && !SameWhenTurned(runner, rows, whole, most)))
        {
            return [];
        }

        return [.. sizes.SkipLast(1).Where(size => IsSame(runner, rows, whole, size, most)), most];
    }

    // The last rows come first: no row of the largest batch stays in its place.
    private static bool SameWhenTurned(IModelRunner runner, Tensor[] rows, byte[][] whole, int most)
    {
        int half = most / 2;
        Tensor[] turned = [.. rows.Select(tensor => ShapeOps.Concatenate(0, Rows(tensor, half, most - half), Rows(tensor, 0, half)))];
        byte[][] results = Run(runner, turned, 0, most);
        return whole.Zip(results).All(pair =>
        {
            int middle = pair.First.Length / most * half;
            return pair.First.AsSpan(middle).SequenceEqual(pair.Second.AsSpan(0, pair.First.Length - middle))
                && pair.First.AsSpan(0, middle).SequenceEqual(pair.Second.AsSpan(pair.First.Length - middle));
        });
    }

    // The first and the last rows of the largest batch as batches of their own.
    private static bool IsSame(IModelRunner runner, Tensor[] rows, byte[][] whole, int size, int most) =>
        new[] { 0, most - size }.All(start => Run(runner, rows, start, size).Zip(whole).All(pair =>
        {
            int row = pair.Second.Length / most;
            return pair.First.AsSpan().SequenceEqual(pair.Second.AsSpan(start * row, size * row));
        }));

    private static bool IsBatch(IServedModel model, byte[][] outputs, int most) =>
        outputs.Length == model.Outputs.Count && outputs.All(output => output.Length % most == 0);

    private static byte[][] Run(IModelRunner runner, Tensor[] rows, int start, int count) =>
        [.. runner.Run([.. rows.Select(tensor => Rows(tensor, start, count))]).Select(output => output.WritableBytes().ToArray())];

    private static Tensor Rows(Tensor tensor, int start, int count) => Tensor.Create(
        new TensorType(tensor.DataType, tensor.Shape.With(0, count)),
        target =>
        {
            int row = (int)(tensor.Type.ByteCount / tensor.Shape[0]);
            tensor.WritableBytes().Slice(start * row, count * row).CopyTo(target);
            GC.KeepAlive(tensor);
        });
}

/// <summary>Inputs that no request sent, to compile a model with and to try it.</summary>
internal static class ProbeInputs
{
    private const int FreeSize = 1;

    /// <summary>Random numbers between 0 and 1 for floating-point inputs; zeros and ones for others, which are valid indices everywhere.</summary>
    /// <param name="input">The input.</param>
    /// <param name="rows">The size of the batch; what else is free is 1.</param>
    /// <param name="seed">Where the numbers come from.</param>
    public static Tensor Create(TensorSpec input, int rows, int seed)
    {
        Shape shape = [.. input.Dimensions.Select((size, axis) => axis == 0 && size < 0 ? rows : size < 0 ? FreeSize : size)];
        Random random = new(seed);
        return Tensor.Create(new TensorType(input.Type, shape), bytes => Fill(bytes, input.Type, random));
    }

    private static void Fill(Span<byte> bytes, DataType type, Random random)
    {
        switch (type)
        {
            case DataType.Float32: Fill(MemoryMarshal.Cast<byte, float>(bytes), random.NextSingle); break;
            case DataType.Float64: Fill(MemoryMarshal.Cast<byte, double>(bytes), random.NextDouble); break;
            case DataType.Int32: Fill(MemoryMarshal.Cast<byte, int>(bytes), () => random.Next(2)); break;
            case DataType.Int64: Fill(MemoryMarshal.Cast<byte, long>(bytes), () => random.Next(2)); break;
            default: Fill(bytes, () => (byte)random.Next(2)); break;
        }
    }

    private static void Fill<T>(Span<T> values, Func<T> next)
    {
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = next();
        }
    }
}
