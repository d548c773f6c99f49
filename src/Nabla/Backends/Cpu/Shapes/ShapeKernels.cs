using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Ops.Shapes;

namespace Nabla.Backends.Cpu.Shapes;

/// <summary>Computes casts, repetition and rows that indices name.</summary>
internal static unsafe class ShapeKernels
{
    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<Copy>((_, inputs, outputs) => Buffer.MemoryCopy(inputs[0].Pointer<byte>(), outputs[0].Pointer<byte>(), outputs[0].Type.ByteCount, inputs[0].Type.ByteCount));
        CpuBackend.Register<Cast>((_, inputs, outputs) => CastFrom(inputs[0], outputs[0]));
        CpuBackend.Register<BroadcastTo>((_, inputs, outputs) => Repeat(inputs[0], outputs[0]));
        CpuBackend.Register<Pick>((_, inputs, outputs) => OfSize(outputs[0], new PickRows(inputs[0], inputs[1], outputs[0])));
        CpuBackend.Register<PlaceInRows>((_, inputs, outputs) => OfSize(outputs[0], new PlaceRows(inputs[0], inputs[1], outputs[0])));
    }

    private interface IElementSize
    {
        void Run<T>()
            where T : unmanaged;
    }

    // Moving elements does not ask what they mean, only how many bytes they have.
    private static void OfSize<TBody>(Tensor tensor, TBody body)
        where TBody : struct, IElementSize
    {
        switch (tensor.DataType.Size)
        {
            case 8: body.Run<long>(); break;
            case 4: body.Run<int>(); break;
            default: body.Run<byte>(); break;
        }
    }

    private static void Repeat(Tensor input, Tensor output) => OfSize(output, new RepeatRows(input, output));

    private static void CastFrom(Tensor input, Tensor output)
    {
        switch (input.DataType)
        {
            case DataType.Float32: CastTo<float>(input, output); break;
            case DataType.Float64: CastTo<double>(input, output); break;
            case DataType.Int32: CastTo<int>(input, output); break;
            case DataType.Int64: CastTo<long>(input, output); break;
            default: CastTo<byte>(input, output); break;
        }
    }

    private static void CastTo<T>(Tensor input, Tensor output)
        where T : unmanaged, INumberBase<T>
    {
        switch (output.DataType)
        {
            case DataType.Float32: Convert<T, float>(input, output); break;
            case DataType.Float64: Convert<T, double>(input, output); break;
            case DataType.Int32: Convert<T, int>(input, output); break;
            case DataType.Int64: Convert<T, long>(input, output); break;
            case DataType.UInt8: Convert<T, byte>(input, output); break;
            default: IsNotZero<T>(input, output); break;
        }
    }

    private static void Convert<TFrom, TTo>(Tensor input, Tensor output)
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
    {
        ReadOnlySpan<TFrom> source = input.Writable<TFrom>();
        Span<TTo> target = output.Writable<TTo>();
        for (int index = 0; index < source.Length; index++)
        {
            target[index] = TTo.CreateSaturating(source[index]);
        }
    }

    private static void IsNotZero<T>(Tensor input, Tensor output)
        where T : unmanaged, INumberBase<T>
    {
        ReadOnlySpan<T> source = input.Writable<T>();
        Span<byte> target = output.Writable<byte>();
        for (int index = 0; index < source.Length; index++)
        {
            target[index] = T.IsZero(source[index]) ? (byte)0 : (byte)1;
        }
    }

    private readonly struct RepeatRows(Tensor input, Tensor output) : IElementSize
    {
        public void Run<T>()
            where T : unmanaged
        {
            Elementwise.RowWalk walk = Elementwise.RowWalk.Of(output.Shape, input.Shape, output.Shape);
            T* source = input.Pointer<T>();
            T* target = output.Pointer<T>();
            int inner = walk.Inner;
            int rows = inner == 0 ? 0 : output.ElementCount / inner;
            for (int row = 0; row < rows; row++)
            {
                T* from = source + walk.Offsets(row).Left;
                Span<T> to = new(target + ((nint)row * inner), inner);
                if (walk.LeftStride == 0)
                {
                    to.Fill(*from);
                }
                else
                {
                    new ReadOnlySpan<T>(from, inner).CopyTo(to);
                }
            }
        }
    }

    private readonly struct PickRows(Tensor rows, Tensor indices, Tensor output) : IElementSize
    {
        public void Run<T>()
            where T : unmanaged
        {
            int classes = rows.Shape[1];
            Span<T> source = rows.Writable<T>();
            Span<T> target = output.Writable<T>();
            Span<int> at = indices.Writable<int>();
            for (int row = 0; row < at.Length; row++)
            {
                target[row] = source[(row * classes) + Checked(at[row], classes, row)];
            }
        }
    }

    private readonly struct PlaceRows(Tensor values, Tensor indices, Tensor output) : IElementSize
    {
        public void Run<T>()
            where T : unmanaged
        {
            int classes = output.Shape[1];
            Span<T> source = values.Writable<T>();
            Span<T> target = output.Writable<T>();
            Span<int> at = indices.Writable<int>();
            target.Clear();
            for (int row = 0; row < at.Length; row++)
            {
                target[(row * classes) + Checked(at[row], classes, row)] = source[row];
            }
        }
    }

    private static int Checked(int index, int classes, int row) => index >= 0 && index < classes
        ? index
        : throw new ArgumentException($"Pick expects indices from 0 to {classes - 1} but got {index} in row {row}.");
}
