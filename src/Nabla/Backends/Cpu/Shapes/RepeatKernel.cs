using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Elementwise;
using Nabla.Ops.Shapes;

namespace Nabla.Backends.Cpu.Shapes;

/// <summary>Writes out what broadcasting repeats.</summary>
internal static unsafe class RepeatKernel
{
    [ModuleInitializer]
    internal static void Register() => CpuBackend.Register<BroadcastTo>((_, inputs, outputs) =>
        ElementTypes.Moving(outputs[0].DataType, new Body(inputs[0], outputs[0])));

    private readonly struct Body(Tensor input, Tensor output) : IMovingBody
    {
        public void Run<T>()
            where T : unmanaged
        {
            RowWalk walk = RowWalk.Of(output.Shape, input.Shape);
            WorkerPool.Run(walk.Pieces, new Rows<T>(input, output, walk));
        }
    }

    private readonly struct Rows<T>(Tensor input, Tensor output, RowWalk walk) : IPieceBody
        where T : unmanaged
    {
        public void Run(int piece)
        {
            if (walk.IsShort)
            {
                RunShort(piece);
                return;
            }

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

        private void RunShort(int piece)
        {
            RowGroups group = new(walk, piece, stackalloc int[walk.OuterRank], stackalloc long[RowGroups.Offsets]);
            T* elements = stackalloc T[RowGroups.Elements];
            while (group.Next())
            {
                new ReadOnlySpan<T>(group.Operand(0, input.Pointer<T>(), elements), group.Count).CopyTo(new Span<T>(output.Pointer<T>() + group.Target, group.Count));
            }
        }
    }
}
