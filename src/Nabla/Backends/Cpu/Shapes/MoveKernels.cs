// Slices, padding, joins and transposes are one copy between two blocks of memory that have the same shape but steps of their
// own along each axis. The innermost axis is a run that is copied as a whole when both sides are contiguous there.
using System.Runtime.CompilerServices;
using Nabla.Ops.Shapes;

namespace Nabla.Backends.Cpu.Shapes;

/// <summary>Computes the ops that only move elements.</summary>
internal static unsafe class MoveKernels
{
    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<Transpose>((op, inputs, outputs) =>
        {
            long[] strides = Strides(inputs[0].Shape);
            Copy(inputs[0], 0, [.. op.Axes.Select(axis => strides[axis])], outputs[0], 0, Strides(outputs[0].Shape), outputs[0].Shape);
        });
        CpuBackend.Register<Slice>((op, inputs, outputs) =>
        {
            long[] strides = Strides(inputs[0].Shape);
            Copy(inputs[0], Offset(op.Start, strides), strides, outputs[0], 0, Strides(op.Size), op.Size);
        });
        CpuBackend.Register<Pad>((op, inputs, outputs) =>
        {
            outputs[0].WritableBytes().Clear();
            long[] strides = Strides(op.Size);
            Copy(inputs[0], 0, Strides(inputs[0].Shape), outputs[0], Offset(op.Start, strides), strides, inputs[0].Shape);
        });
        CpuBackend.Register<Concatenate>((op, inputs, outputs) =>
        {
            long[] strides = Strides(outputs[0].Shape);
            long at = 0;
            foreach (Tensor input in inputs)
            {
                Copy(input, 0, Strides(input.Shape), outputs[0], at, strides, input.Shape);
                at += input.Shape[op.Axis] * strides[op.Axis];
            }
        });
    }

    private static long Offset(Shape start, long[] strides) => Enumerable.Range(0, strides.Length).Sum(axis => start[axis] * strides[axis]);

    private static long[] Strides(Shape shape)
    {
        long[] strides = new long[shape.Rank];
        long step = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = step;
            step *= shape[axis];
        }

        return strides;
    }

    private static void Copy(Tensor from, long fromStart, long[] fromStrides, Tensor to, long toStart, long[] toStrides, Shape shape)
    {
        switch (to.DataType.Size)
        {
            case 8: Copy(from.Pointer<long>() + fromStart, fromStrides, to.Pointer<long>() + toStart, toStrides, shape, 0); break;
            case 4: Copy(from.Pointer<int>() + fromStart, fromStrides, to.Pointer<int>() + toStart, toStrides, shape, 0); break;
            default: Copy(from.Pointer<byte>() + fromStart, fromStrides, to.Pointer<byte>() + toStart, toStrides, shape, 0); break;
        }
    }

    private static void Copy<T>(T* from, long[] fromStrides, T* to, long[] toStrides, Shape shape, int axis)
        where T : unmanaged
    {
        if (axis == shape.Rank)
        {
            *to = *from;
            return;
        }

        (int size, long fromStride, long toStride) = (shape[axis], fromStrides[axis], toStrides[axis]);
        if (axis < shape.Rank - 1)
        {
            for (int index = 0; index < size; index++)
            {
                Copy(from + (index * fromStride), fromStrides, to + (index * toStride), toStrides, shape, axis + 1);
            }
        }
        else if (fromStride == 1 && toStride == 1)
        {
            new ReadOnlySpan<T>(from, size).CopyTo(new Span<T>(to, size));
        }
        else
        {
            for (int index = 0; index < size; index++)
            {
                to[index * toStride] = from[index * fromStride];
            }
        }
    }
}
