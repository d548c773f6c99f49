// Between float32 and bytes. A number is divided by its scale, rounded, held within the range around the zero point while it is still a float, so
// that no conversion overflows, and made an integer: the vector and the scalar loop do the same arithmetic, so their bits are the same.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Quantization;

namespace Nabla.Backends.Cpu.Quantized;

/// <summary>The kernels of the ops that quantise and dequantise.</summary>
internal static unsafe class QuantizationKernels
{
    private const float LargestByte = 255;
    private const int PieceElements = 1 << 14;

    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<Quantize>((op, inputs, outputs) => Run(inputs[2].DataType, new QuantizeCall(op.Axis, inputs, outputs[0])));
        CpuBackend.Register<Dequantize>((op, inputs, outputs) => Run(inputs[2].DataType, new DequantizeCall(op.Axis, inputs, outputs[0])));
        CpuBackend.Register<FakeQuantize>((op, inputs, outputs) => Run(inputs[2].DataType, new FakeQuantizeCall(op.Axis, inputs, outputs[0])));
        CpuBackend.Register<QuantizeDynamically>((op, inputs, outputs) => RunDynamically(op.PerRow, inputs[0], outputs));
    }

    private interface ICall
    {
        void Run<TByte>()
            where TByte : unmanaged;
    }

    private static void Run<TCall>(DataType bytes, TCall call)
        where TCall : struct, ICall
    {
        if (bytes == DataType.UInt8)
        {
            call.Run<byte>();
        }
        else
        {
            call.Run<sbyte>();
        }
    }

    private static void RunDynamically(bool perRow, Tensor x, Tensor[] outputs)
    {
        byte* target = outputs[0].Pointer<byte>();
        float* scale = outputs[1].Pointer<float>();
        byte* zeroPoint = outputs[2].Pointer<byte>();
        if (perRow)
        {
            DynamicRows rows = new(x.Pointer<float>(), outputs[1].ElementCount, x.Shape[-1], target, scale, zeroPoint);
            WorkerPool.Run((rows.Count + rows.EachPiece - 1) / rows.EachPiece, rows);
            return;
        }

        SetRange(x.Pointer<float>(), x.ElementCount, scale, zeroPoint);
        ScaleRuns.Of(x.Shape, Shape.Scalar, axis: null).Run(new QuantizeLoop<byte>(x.Pointer<float>(), scale, zeroPoint, target));
    }

    // The range of the values, widened to hold zero, is laid over the bytes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void SetRange(float* x, int count, float* scale, byte* zeroPoint)
    {
        (Vector512<float> leasts, Vector512<float> largests) = (Vector512<float>.Zero, Vector512<float>.Zero);
        int index = 0;
        for (; index <= count - ByteLanes.Count; index += ByteLanes.Count)
        {
            Vector512<float> values = Vector512.Load(x + index);
            (leasts, largests) = (Vector512.Min(leasts, values), Vector512.Max(largests, values));
        }

        (float least, float largest) = (0, 0);
        for (int lane = 0; lane < ByteLanes.Count; lane++)
        {
            (least, largest) = (MathF.Min(least, leasts[lane]), MathF.Max(largest, largests[lane]));
        }

        for (; index < count; index++)
        {
            (least, largest) = (MathF.Min(least, x[index]), MathF.Max(largest, x[index]));
        }

        float span = (largest - least) / LargestByte;
        *scale = span == 0 ? 1 : span;
        *zeroPoint = (byte)float.Clamp(MathF.Round(-least / *scale), 0, LargestByte);
    }

    private readonly struct DynamicRows(float* x, int rows, int columns, byte* target, float* scale, byte* zeroPoint) : IPieceBody
    {
        public int Count => rows;

        public int EachPiece => Math.Max(1, PieceElements / columns);

        public void Run(int piece)
        {
            QuantizeLoop<byte> loop = new(x, scale, zeroPoint, target);
            for (int row = piece * EachPiece; row < Math.Min(rows, (piece + 1) * EachPiece); row++)
            {
                SetRange(x + ((nint)row * columns), columns, scale + row, zeroPoint + row);
                loop.Run((long)row * columns, columns, row, along: false);
            }
        }
    }

    private readonly struct QuantizeCall(int? axis, Tensor[] inputs, Tensor output) : ICall
    {
        public void Run<TByte>()
            where TByte : unmanaged => ScaleRuns.Of(inputs[0].Shape, inputs[1].Shape, axis).Run(
                new QuantizeLoop<TByte>(inputs[0].Pointer<float>(), inputs[1].Pointer<float>(), inputs[2].Pointer<TByte>(), output.Pointer<TByte>()));
    }

    private readonly struct DequantizeCall(int? axis, Tensor[] inputs, Tensor output) : ICall
    {
        public void Run<TByte>()
            where TByte : unmanaged => ScaleRuns.Of(inputs[0].Shape, inputs[1].Shape, axis).Run(
                new DequantizeLoop<TByte>(inputs[0].Pointer<TByte>(), inputs[1].Pointer<float>(), inputs[2].Pointer<TByte>(), output.Pointer<float>()));
    }

    private readonly struct FakeQuantizeCall(int? axis, Tensor[] inputs, Tensor output) : ICall
    {
        public void Run<TByte>()
            where TByte : unmanaged => ScaleRuns.Of(inputs[0].Shape, inputs[1].Shape, axis).Run(
                new FakeQuantizeLoop<TByte>(inputs[0].Pointer<float>(), inputs[1].Pointer<float>(), inputs[2].Pointer<TByte>(), output.Pointer<float>()));
    }

    // The scale and the zero point of sixteen elements.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> Scale, Vector512<int> Zero) Parameters<TByte>(float* scale, TByte* zeroPoint, int at, bool along)
        where TByte : unmanaged => along
            ? (Vector512.Load(scale + at), ByteLanes.LoadVector(zeroPoint + at))
            : (Vector512.Create(scale[at]), Vector512.Create(ByteLanes.Load(zeroPoint + at)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Steps<TByte>(Vector512<float> x, Vector512<float> scale, Vector512<int> zero)
    {
        Vector512<float> lowest = Vector512.ConvertToSingle(Vector512.Create(ByteLanes.Least<TByte>()) - zero);
        Vector512<float> highest = Vector512.ConvertToSingle(Vector512.Create(ByteLanes.Largest<TByte>()) - zero);
        return Vector512.ConvertToInt32(Vector512.Max(Vector512.Min(Vector512.Round(x / scale), highest), lowest));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Steps<TByte>(float x, float scale, int zero) =>
        (int)MathF.Max(MathF.Min(MathF.Round(x / scale), ByteLanes.Largest<TByte>() - zero), ByteLanes.Least<TByte>() - zero);

    private readonly struct QuantizeLoop<TByte>(float* x, float* scale, TByte* zeroPoint, TByte* target) : IScaledLoop
        where TByte : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run(long at, int count, int parameter, bool along)
        {
            float* from = x + at;
            TByte* to = target + at;
            int step = along ? 1 : 0;
            int index = 0;
            for (; index <= count - ByteLanes.Count; index += ByteLanes.Count)
            {
                (Vector512<float> scales, Vector512<int> zeros) = Parameters(scale, zeroPoint, parameter + (index * step), along);
                ByteLanes.StoreVector(to + index, Steps<TByte>(Vector512.Load(from + index), scales, zeros) + zeros);
            }

            for (; index < count; index++)
            {
                int place = parameter + (index * step);
                int zero = ByteLanes.Load(zeroPoint + place);
                ByteLanes.Store(to + index, Steps<TByte>(from[index], scale[place], zero) + zero);
            }
        }
    }

    private readonly struct DequantizeLoop<TByte>(TByte* quantized, float* scale, TByte* zeroPoint, float* target) : IScaledLoop
        where TByte : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run(long at, int count, int parameter, bool along)
        {
            TByte* from = quantized + at;
            float* to = target + at;
            int step = along ? 1 : 0;
            int index = 0;
            for (; index <= count - ByteLanes.Count; index += ByteLanes.Count)
            {
                (Vector512<float> scales, Vector512<int> zeros) = Parameters(scale, zeroPoint, parameter + (index * step), along);
                (Vector512.ConvertToSingle(ByteLanes.LoadVector(from + index) - zeros) * scales).Store(to + index);
            }

            for (; index < count; index++)
            {
                int place = parameter + (index * step);
                to[index] = (ByteLanes.Load(from + index) - ByteLanes.Load(zeroPoint + place)) * scale[place];
            }
        }
    }

    private readonly struct FakeQuantizeLoop<TByte>(float* x, float* scale, TByte* zeroPoint, float* target) : IScaledLoop
        where TByte : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run(long at, int count, int parameter, bool along)
        {
            float* from = x + at;
            float* to = target + at;
            int step = along ? 1 : 0;
            int index = 0;
            for (; index <= count - ByteLanes.Count; index += ByteLanes.Count)
            {
                (Vector512<float> scales, Vector512<int> zeros) = Parameters(scale, zeroPoint, parameter + (index * step), along);
                (Vector512.ConvertToSingle(Steps<TByte>(Vector512.Load(from + index), scales, zeros)) * scales).Store(to + index);
            }

            for (; index < count; index++)
            {
                int place = parameter + (index * step);
                to[index] = Steps<TByte>(from[index], scale[place], ByteLanes.Load(zeroPoint + place)) * scale[place];
            }
        }
    }
}
