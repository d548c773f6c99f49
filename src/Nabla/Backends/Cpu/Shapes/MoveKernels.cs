using System.Runtime.CompilerServices;
using Nabla.Ops.Shapes;

namespace Nabla.Backends.Cpu.Shapes;

/// <summary>Computes the ops that only move elements: each says where its block begins and how it steps on both sides.</summary>
internal static unsafe class MoveKernels
{
    private const int PieceBytes = 1 << 16;

    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<Copy>((_, inputs, outputs) => Copy(inputs[0], 0, Steps(inputs[0].Shape), outputs[0], 0, Steps(outputs[0].Shape), outputs[0].Shape));
        CpuBackend.Register<Transpose>((op, inputs, outputs) =>
        {
            long[] steps = Steps(inputs[0].Shape);
            Copy(inputs[0], 0, [.. op.Axes.Select(axis => steps[axis])], outputs[0], 0, Steps(outputs[0].Shape), outputs[0].Shape);
        });
        CpuBackend.Register<Slice>((op, inputs, outputs) =>
        {
            long[] steps = Steps(inputs[0].Shape);
            Copy(inputs[0], Offset(op.Start, steps), Times(steps, op.Step), outputs[0], 0, Steps(op.Size), op.Size);
        });
        CpuBackend.Register<Pad>((op, inputs, outputs) =>
        {
            Fill(outputs[0], inputs[0].Constant(op.Value));
            long[] steps = Steps(op.Size);
            Copy(inputs[0], 0, Steps(inputs[0].Shape), outputs[0], Offset(op.Start, steps), Times(steps, op.Step), inputs[0].Shape);
        });
        CpuBackend.Register<Flip>((op, inputs, outputs) =>
        {
            Shape shape = inputs[0].Shape;
            long[] steps = Steps(shape);
            long last = op.Axes.Sum(axis => (shape[axis] - 1) * steps[axis]);
            Copy(inputs[0], last, [.. steps.Select((step, axis) => op.Axes.Contains(axis) ? -step : step)], outputs[0], 0, steps, shape);
        });
        CpuBackend.Register<Concatenate>((op, inputs, outputs) =>
        {
            long[] steps = Steps(outputs[0].Shape);
            long at = 0;
            foreach (Tensor input in inputs)
            {
                Copy(input, 0, Steps(input.Shape), outputs[0], at, steps, input.Shape);
                at += input.Shape[op.Axis] * steps[op.Axis];
            }
        });
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

    private static void Copy(Tensor source, long sourceStart, long[] sourceSteps, Tensor target, long targetStart, long[] targetSteps, Shape shape) =>
        ElementTypes.Moving(target.DataType, new CopyBody(source, sourceStart, sourceSteps, target, targetStart, targetSteps, shape));

    private static void Fill(Tensor target, Tensor value) => ElementTypes.Moving(target.DataType, new FillBody(target, value));

    private readonly struct CopyBody(Tensor source, long sourceStart, long[] sourceSteps, Tensor target, long targetStart, long[] targetSteps, Shape shape) : IMovingBody
    {
        public void Run<T>()
            where T : unmanaged =>
            BlockCopy.Run(shape, source.Pointer<T>() + sourceStart, sourceSteps, target.Pointer<T>() + targetStart, targetSteps);
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
