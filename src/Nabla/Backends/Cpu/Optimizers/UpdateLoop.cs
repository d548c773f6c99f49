// One loop for the steps of all optimizers: the rule comes as a type, so each gets a loop of its own at compile time. Value, gradient and slots are
// read once and written once, 64 bytes at a time; weight decay is done on the way. Each element stands alone, so pieces may be cut anywhere and
// results may lie over their inputs.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Elementwise;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Optimizers;

namespace Nabla.Backends.Cpu.Optimizers;

/// <summary>The loop over the elements of one parameter.</summary>
/// <param name="rule">The rule.</param>
/// <param name="inputs">The inputs of a step for one parameter or more.</param>
/// <param name="firstInput">Where those of this parameter begin.</param>
/// <param name="outputs">The results.</param>
/// <param name="firstOutput">Where those of this parameter begin.</param>
internal readonly unsafe struct UpdateLoop<T, TRule>(TRule rule, Tensor[] inputs, int firstInput, Tensor[] outputs, int firstOutput)
    where T : unmanaged
    where TRule : struct, IUpdateRule
{
    private readonly T* value = inputs[firstInput].Pointer<T>();
    private readonly T* gradient = inputs[firstInput + 1].Pointer<T>();
    private readonly double* numbers = inputs[firstInput + 2].Pointer<double>();
    private readonly Slot first = new(rule.Slots > 0, inputs, firstInput, outputs, firstOutput, 0);
    private readonly Slot second = new(rule.Slots > 1, inputs, firstInput, outputs, firstOutput, 1);
    private readonly Slot third = new(rule.Slots > 2, inputs, firstInput, outputs, firstOutput, 2);
    private readonly T* result = outputs[firstOutput].Pointer<T>();

    /// <summary>Updates the elements from a start up to an end.</summary>
    public void Run(int start, int end) => Run(start, end, gradient);

    /// <summary>As <see cref="Run(int, int)"/> with a gradient that lies elsewhere: element i at <c>change[i]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Run(int start, int end, T* change)
    {
        int index = start;
        TRule f = rule;
        T* from = value, to = result;
        (Slot one, Slot two, Slot three) = (first, second, third);
        Vector512<T> penalty = Constant<T>.Of(numbers[0]);
        Vector512<T> kept = Constant<T>.Of(numbers[1]);
        StepRates<T> rates = new(Constant<T>.Of(numbers[2]), Constant<T>.Of(numbers[3]), Constant<T>.Of(numbers[4]));
        for (; index <= end - Vector512<T>.Count; index += Vector512<T>.Count)
        {
            Vector512<T> x = Vector512.Load(from + index);
            Vector512<T> a = one.Load(index);
            Vector512<T> b = two.Load(index);
            Vector512<T> c = three.Load(index);
            f.Invoke(x * kept, Vector512.Load(change + index) + (x * penalty), ref a, ref b, ref c, rates).Store(to + index);
            one.Store(index, a);
            two.Store(index, b);
            three.Store(index, c);
        }

        if (index < end)
        {
            Last(index, end - index, change);
        }
    }

    // Apart, so that the rule is expanded once in the loop above and in full.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Last(int index, int rest, T* change)
    {
        StepRates<T> rates = new(Constant<T>.Of(numbers[2]), Constant<T>.Of(numbers[3]), Constant<T>.Of(numbers[4]));
        Vector512<T> x = Rows.LoadFirst(value + index, rest);
        Vector512<T> slope = Rows.LoadFirst(change + index, rest) + (x * Constant<T>.Of(numbers[0]));
        Vector512<T> a = first.LoadFirst(index, rest);
        Vector512<T> b = second.LoadFirst(index, rest);
        Vector512<T> c = third.LoadFirst(index, rest);
        Rows.StoreFirst(rule.Invoke(x * Constant<T>.Of(numbers[1]), slope, ref a, ref b, ref c, rates), result + index, rest);
        first.StoreFirst(index, rest, a);
        second.StoreFirst(index, rest, b);
        third.StoreFirst(index, rest, c);
    }

    /// <summary>Where a slot is read and written; nowhere when the rule does not use it.</summary>
    private readonly struct Slot(bool used, Tensor[] inputs, int firstInput, Tensor[] outputs, int firstOutput, int slot)
    {
        private readonly T* source = used ? inputs[firstInput + OptimizerStep.FirstSlot + slot].Pointer<T>() : null;
        private readonly T* target = used ? outputs[firstOutput + 1 + slot].Pointer<T>() : null;

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
