// One loop for the steps of all optimizers: the rule comes as a type, so each gets a loop of its own at compile time. Value, gradient and slots are
// read once and written once, 64 bytes at a time; weight decay is done on the way. Each element stands alone, so pieces may be cut anywhere and
// results may lie over their inputs.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Elementwise;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Optimizers;

namespace Nabla.Backends.Cpu.Optimizers;

/// <summary>Computes the steps of optimizers.</summary>
internal static class OptimizerKernel
{
    private const int PieceElements = 1 << 13;

    [ThreadStatic]
    private static Dispatch? t_dispatch;

    [ModuleInitializer]
    internal static void Register() => CpuBackend.Register<OptimizerStep>((op, inputs, outputs) => (t_dispatch ??= new Dispatch()).Run(op, inputs, outputs));

    /// <summary>Hands tensors to the loop of a rule; each thread uses its own again and again.</summary>
    private sealed class Dispatch : IUpdateVisitor
    {
        private Tensor[] inputs = [];
        private Tensor[] outputs = [];

        public void Run(OptimizerStep op, Tensor[] arguments, Tensor[] results)
        {
            (inputs, outputs) = (arguments, results);
            op.Accept(this);
            (inputs, outputs) = ([], []);
        }

        public void Visit<TRule>(TRule rule)
            where TRule : struct, IUpdateRule
        {
            int pieces = (inputs[0].ElementCount + PieceElements - 1) / PieceElements;
            if (inputs[0].DataType == DataType.Float32)
            {
                WorkerPool.Run(pieces, new Pieces<float, TRule>(rule, inputs, outputs));
            }
            else
            {
                WorkerPool.Run(pieces, new Pieces<double, TRule>(rule, inputs, outputs));
            }
        }
    }

    private readonly unsafe struct Pieces<T, TRule>(TRule rule, Tensor[] inputs, Tensor[] outputs) : IPieceBody
        where T : unmanaged
        where TRule : struct, IUpdateRule
    {
        private readonly int count = inputs[0].ElementCount;
        private readonly T* value = inputs[0].Pointer<T>();
        private readonly T* gradient = inputs[1].Pointer<T>();
        private readonly double* numbers = inputs[2].Pointer<double>();
        private readonly Slot first = new(rule.Slots > 0, inputs, outputs, 0);
        private readonly Slot second = new(rule.Slots > 1, inputs, outputs, 1);
        private readonly Slot third = new(rule.Slots > 2, inputs, outputs, 2);
        private readonly T* result = outputs[0].Pointer<T>();

        public void Run(int piece)
        {
            int end = Math.Min(count, (piece + 1) * PieceElements);
            int index = piece * PieceElements;
            TRule f = rule;
            Vector512<T> penalty = Constant<T>.Of(numbers[0]);
            Vector512<T> kept = Constant<T>.Of(numbers[1]);
            StepRates<T> rates = new(Constant<T>.Of(numbers[2]), Constant<T>.Of(numbers[3]), Constant<T>.Of(numbers[4]));
            for (; index <= end - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                Vector512<T> x = Vector512.Load(value + index);
                Vector512<T> a = first.Load(index);
                Vector512<T> b = second.Load(index);
                Vector512<T> c = third.Load(index);
                f.Invoke(x * kept, Vector512.Load(gradient + index) + (x * penalty), ref a, ref b, ref c, rates).Store(result + index);
                first.Store(index, a);
                second.Store(index, b);
                third.Store(index, c);
            }

            if (index < end)
            {
                int rest = end - index;
                Vector512<T> x = Rows.LoadFirst(value + index, rest);
                Vector512<T> a = first.LoadFirst(index, rest);
                Vector512<T> b = second.LoadFirst(index, rest);
                Vector512<T> c = third.LoadFirst(index, rest);
                Rows.StoreFirst(f.Invoke(x * kept, Rows.LoadFirst(gradient + index, rest) + (x * penalty), ref a, ref b, ref c, rates), result + index, rest);
                first.StoreFirst(index, rest, a);
                second.StoreFirst(index, rest, b);
                third.StoreFirst(index, rest, c);
            }
        }

        /// <summary>Where a slot is read and written; nowhere when the rule does not use it.</summary>
        private readonly struct Slot(bool used, Tensor[] inputs, Tensor[] outputs, int slot)
        {
            private readonly T* source = used ? inputs[OptimizerStep.FirstSlot + slot].Pointer<T>() : null;
            private readonly T* target = used ? outputs[1 + slot].Pointer<T>() : null;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public Vector512<T> Load(int index) => source == null ? default : Vector512.Load(source + index);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Store(int index, Vector512<T> lanes)
            {
                if (target != null)
                {
                    lanes.Store(target + index);
                }
            }

            public Vector512<T> LoadFirst(int index, int count) => source == null ? default : Rows.LoadFirst(source + index, count);

            public void StoreFirst(int index, int count, Vector512<T> lanes)
            {
                if (target != null)
                {
                    Rows.StoreFirst(lanes, target + index, count);
                }
            }
        }
    }
}
