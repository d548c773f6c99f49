using System.Runtime.CompilerServices;
using Nabla.Ops;
using Nabla.Ops.Shapes;

namespace Nabla.Backends.Cpu.Shapes;

/// <summary>Computes the ops that only move elements: each says where its block begins and how it steps on both sides.</summary>
internal static unsafe class MoveKernels
{
    private const int PieceBytes = 1 << 16;

    [ModuleInitializer]
    internal static void Register()
    {
        Register<Copy>((_, input, output) => (new Side(0, Steps(input)), new Side(0, Steps(output)), output));
        Register<Transpose>((op, input, output) =>
        {
            long[] steps = Steps(input);
            return (new Side(0, [.. op.Axes.Select(axis => steps[axis])]), new Side(0, Steps(output)), output);
        });
        Register<Slice>((op, input, output) =>
        {
            long[] steps = Steps(input);
            return (new Side(Offset(op.Start, steps), Times(steps, op.Step)), new Side(0, Steps(output)), output);
        });
        Register<Flip>((op, input, output) =>
        {
            long[] steps = Steps(input);
            long last = op.Axes.Sum(axis => (input[axis] - 1) * steps[axis]);
            return (new Side(last, [.. steps.Select((step, axis) => op.Axes.Contains(axis) ? -step : step)]), new Side(0, steps), output);
        });
        CpuBackend.RegisterBoth<Pad>(PreparePad);
        CpuBackend.RegisterBoth<Concatenate>(PrepareConcatenation);
    }

    // A move of one input to one result.
    private static void Register<TOp>(Func<TOp, Shape, Shape, (Side Source, Side Target, Shape Shape)> find)
        where TOp : Op => CpuBackend.RegisterBoth<TOp>((op, inputs) =>
        {
            (Side source, Side target, Shape shape) = find(op, inputs[0].Shape, op.Infer(inputs)[0].Shape);
            return (_, from, to) => Copy(from[0], source, to[0], target, shape);
        });

    private static CpuKernel PreparePad(Pad op, TensorType[] inputs)
    {
        long[] steps = Steps(op.Size);
        Side source = new(0, Steps(inputs[0].Shape)), target = new(Offset(op.Start, steps), Times(steps, op.Step));
        Tensor value = Tensor.Full(Shape.Scalar, op.Value, inputs[0].DataType);
        return (_, from, to) =>
        {
            Fill(to[0], value);
            Copy(from[0], source, to[0], target, from[0].Shape);
        };
    }

    private static CpuKernel PrepareConcatenation(Concatenate op, TensorType[] inputs)
    {
        long[] steps = Steps(op.Infer(inputs)[0].Shape);
        (Side Source, Side Target)[] parts = new (Side, Side)[inputs.Length];
        long at = 0;
        for (int index = 0; index < inputs.Length; index++)
        {
            parts[index] = (new Side(0, Steps(inputs[index].Shape)), new Side(at, steps));
            at += inputs[index].Shape[op.Axis] * steps[op.Axis];
        }

        return (_, from, to) =>
        {
            for (int index = 0; index < parts.Length; index++)
            {
                Copy(from[index], parts[index].Source, to[0], parts[index].Target, from[index].Shape);
            }
        };
    }

    private static long Offset(Shape start, long[] steps) => Enumerable.Range(0, steps.Length).Sum(axis => start[axis] * steps[axis]);

    private static long[] Times(long[] steps, Shape factors) => [.. steps.Select((step, axis) => step * factors[axis])];

    private static long[] Steps(Shape shape)
    {
        long[] steps = new long[shape.Rank];
        long step = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            steps[axis] = step;
            step *= shape[axis];
        }

        return steps;
    }

    private static void Copy(Tensor source, Side from, Tensor target, Side to, Shape shape) =>
        ElementTypes.Moving(target.DataType, new CopyBody(source, from, target, to, shape));

    private static void Fill(Tensor target, Tensor value) => ElementTypes.Moving(target.DataType, new FillBody(target, value));

    /// <summary>Where the block of one side begins and how it steps along each axis.</summary>
    private readonly record struct Side(long Start, long[] Steps);

    private readonly struct CopyBody(Tensor source, Side from, Tensor target, Side to, Shape shape) : IMovingBody
    {
        public void Run<T>()
            where T : unmanaged =>
            BlockCopy.Run(shape, source.Pointer<T>() + from.Start, from.Steps, target.Pointer<T>() + to.Start, to.Steps);
    }

    private readonly struct FillBody(Tensor target, Tensor value) : IMovingBody
    {
        public void Run<T>()
            where T : unmanaged
        {
            int together = PieceBytes / sizeof(T);
            WorkerPool.Run((int)(((long)target.ElementCount + together - 1) / together), new FillPieces<T>(target.Pointer<T>(), *value.Pointer<T>(), target.ElementCount, together));
        }
    }

    private readonly struct FillPieces<T>(T* target, T value, int count, int together) : IPieceBody
        where T : unmanaged
    {
        public void Run(int piece)
        {
            int first = piece * together;
            new Span<T>(target + first, Math.Min(together, count - first)).Fill(value);
        }
    }
}
