using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Optimizers;

namespace Nabla.Optimizers;

/// <summary><see cref="Adam"/> with the largest recent gradient in the place of the root of the mean square (Kingma and Ba, Adam, 2015, section 7.1).</summary>
/// <param name="learningRate">How far one step goes.</param>
/// <param name="beta1">How much of the mean gradient is kept in each step, from 0 up to 1.</param>
/// <param name="beta2">How fast the largest gradient is forgotten, from 0 up to 1.</param>
/// <param name="epsilon">Keeps the division finite; added to the size of the gradient.</param>
public sealed class Adamax(double learningRate = 0.002, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) : FusedOptimizer(learningRate)
{
    private readonly AdamaxUpdate rule = new(Limits.BelowOne(beta1), Limits.BelowOne(beta2), Limits.Positive(epsilon));

    /// <inheritdoc/>
    private protected override OptimizerStep StepOp => new OptimizerStep<AdamaxUpdate>(rule);

    /// <inheritdoc/>
    private protected override string[] SlotNames => ["mean", "largest"];

    /// <inheritdoc/>
    private protected override (double First, double Second, double Third) Rates(double learningRate) => (learningRate / (1 - Math.Pow(rule.Beta1, Step)), 0, 0);
}

/// <summary>The rule of <see cref="Adamax"/>; its number is the learning rate, corrected for a mean that began at 0.</summary>
internal readonly record struct AdamaxUpdate(double Beta1, double Beta2, double Epsilon) : IUpdateRule
{
    public int Slots => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke<T>(
        Vector512<T> value, Vector512<T> gradient, ref Vector512<T> first, ref Vector512<T> second, ref Vector512<T> third, in StepRates<T> rates)
        where T : unmanaged
    {
        first = (first * Constant<T>.Of(Beta1)) + (gradient * Constant<T>.Of(1 - Beta1));
        second = Vector512.Max(second * Constant<T>.Of(Beta2), Vector512.Abs(gradient) + Constant<T>.Of(Epsilon));
        return value - (first * rates.First / second);
    }
}
