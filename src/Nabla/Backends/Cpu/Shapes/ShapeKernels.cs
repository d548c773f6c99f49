using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Elementwise;
using Nabla.Ops.Shapes;

namespace Nabla.Backends.Cpu.Shapes;

/// <summary>Computes casts and repetition.</summary>
internal static unsafe class ShapeKernels
{
    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<Copy>((_, inputs, outputs) => Buffer.MemoryCopy(inputs[0].Pointer<byte>(), outputs[0].Pointer<byte>(), outputs[0].Type.ByteCount, inputs[0].Type.ByteCount));
        CpuBackend.Register<Cast>((_, inputs, outputs) => CastFrom(inputs[0], outputs[0]));
        CpuBackend.Register<BroadcastTo>((_, inputs, outputs) => ElementTypes.Moving(outputs[0].DataType, new RepeatBody(inputs[0], outputs[0])));
    }

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

    private readonly struct RepeatBody(Tensor input, Tensor output) : IMovingBody
    {
        public void Run<T>()
            where T : unmanaged
        {
            RowWalk walk = RowWalk.Of(output.Shape, input.Shape);
            WorkerPool.Run(walk.Pieces, new RepeatRows<T>(input, output, walk));
        }
    }

    private readonly struct RepeatRows<T>(Tensor input, Tensor output, RowWalk walk) : IPieceBody
        where T : unmanaged
    {
        public void Run(int piece)
        {
            RowWalk.RowCursor run = walk.Start(piece, stackalloc int[walk.OuterRank]);
            do
            {
                T* source = input.Pointer<T>() + run[0];
                Span<T> target = new(output.Pointer<T>() + run.Target, run.Count);
                if (walk.Repeats(0))
                {
                    target.Fill(*source);
                }
                else
                {
                    new ReadOnlySpan<T>(source, run.Count).CopyTo(target);
                }
            }
            while (run.Next());
        }
    }
}
