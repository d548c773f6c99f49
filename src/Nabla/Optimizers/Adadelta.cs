using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Optimizers;

namespace Nabla.Optimizers;

/// <summary>Steps scaled by the ratio of the sizes of past steps and gradients (Zeiler, ADADELTA: An Adaptive Learning Rate Method, 2012).</summary>
/// <param name="learningRate">What the step is multiplied by; 1 in the paper.</param>
/// <param name="decay">How much of the running means is kept in each step, from 0 up to 1.</param>
/// <param name="epsilon">Gets the first step going; above 0.</param>
public sealed class Adadelta(double learningRate = 1, double decay = 0.9, double epsilon = 1e-6) : FusedOptimizer(learningRate)
{
    /// <inheritdoc/>
    private protected override OptimizerStep StepOp { get; } =
        new OptimizerStep<AdadeltaUpdate>(new AdadeltaUpdate(Limits.BelowOne(decay), Limits.Positive(epsilon)));

    /// <inheritdoc/>
    private protected override string[] SlotNames => ["square", "step"];

    /// <inheritdoc/>
    private protected override (double First, double Second, double Third) Rates(double learningRate) => (learningRate, 0, 0);
}

/// <summary>The rule of <see cref="Adadelta"/>; its number is the learning rate.</summary>
internal readonly record struct AdadeltaUpdate(double Decay, double Epsilon) : IUpdateRule
{
    public int Slots => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke<T>(
        Vector512<T> value, Vector512<T> gradient, ref Vector512<T> first, ref Vector512<T> second, ref Vector512<T> third, in StepRates<T> rates)
        where T : unmanaged
    {
        Vector512<T> decay = Constant<T>.Of(Decay);
        Vector512<T> rest = Constant<T>.Of(1 - Decay);
        Vector512<T> epsilon = Constant<T>.Of(Epsilon);
        first = (first * decay) + (gradient * gradient * rest);
        Vector512<T> step = Vector512.Sqrt(second + epsilon) / Vector512.Sqrt(first + epsilon) * gradient;
        second = (second * decay) + (step * step * rest);
        return value - (step * rates.First);
    }
}
