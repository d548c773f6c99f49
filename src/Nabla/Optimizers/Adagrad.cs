using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Optimizers;

namespace Nabla.Optimizers;

/// <summary>
/// Steps divided by the root of the sum of all squared gradients (Duchi et al., Adaptive Subgradient Methods for Online Learning and
/// Stochastic Optimization, 2011).
/// </summary>
/// <param name="learningRate">How far one step goes.</param>
/// <param name="epsilon">Keeps the division finite; added to the root.</param>
public sealed class Adagrad(double learningRate = 0.01, double epsilon = 1e-10) : FusedOptimizer(learningRate)
{
    /// <inheritdoc/>
    private protected override OptimizerStep StepOp { get; } = new OptimizerStep<AdagradUpdate>(new AdagradUpdate(Limits.NotNegative(epsilon)));

    // Without decay nothing moves that has no gradient.
    private protected override bool SkipsRows => WeightDecay == 0;

    /// <inheritdoc/>
    private protected override string[] SlotNames => ["sum"];

    /// <inheritdoc/>
    private protected override (double First, double Second, double Third) Rates(double learningRate) => (learningRate, 0, 0);
}

/// <summary>The rule of <see cref="Adagrad"/>; its number is the learning rate.</summary>
internal readonly record struct AdagradUpdate(double Epsilon) : IUpdateRule
{
    public int Slots => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke<T>(
        Vector512<T> value, Vector512<T> gradient, ref Vector512<T> first, ref Vector512<T> second, ref Vector512<T> third, in StepRates<T> rates)
        where T : unmanaged
    {
        first += gradient * gradient;
        return value - (gradient * rates.First / (Vector512.Sqrt(first) + Constant<T>.Of(Epsilon)));
    }
}
