using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Optimizers;

namespace Nabla.Optimizers;

/// <summary>Steps of one size in the direction of a blended momentum (Chen et al., Symbolic Discovery of Optimization Algorithms, 2023).</summary>
public sealed class Lion : FusedOptimizer
{
    /// <summary>An optimizer that has taken no step.</summary>
    /// <param name="learningRate">How far one step goes; about a tenth of what Adam takes.</param>
    /// <param name="beta1">How much of the momentum counts in a step, from 0 up to 1.</param>
    /// <param name="beta2">How much of the momentum is kept in each step, from 0 up to 1.</param>
    /// <param name="weightDecay">The share of the value that is taken off in each step, times the learning rate.</param>
    public Lion(double learningRate = 1e-4, double beta1 = 0.9, double beta2 = 0.99, double weightDecay = 0)
        : base(learningRate)
    {
        WeightDecay = weightDecay;
        StepOp = new OptimizerStep<LionUpdate>(new LionUpdate(Limits.BelowOne(beta1), Limits.BelowOne(beta2)));
    }

    /// <inheritdoc/>
    private protected override OptimizerStep StepOp { get; }

    /// <inheritdoc/>
    private protected override string[] SlotNames => ["momentum"];

    /// <inheritdoc/>
    private protected override bool DecaysValue => true;

    /// <inheritdoc/>
    private protected override (double First, double Second, double Third) Rates(double learningRate) => (learningRate, 0, 0);
}

/// <summary>The rule of <see cref="Lion"/>; its number is the learning rate.</summary>
internal readonly record struct LionUpdate(double Beta1, double Beta2) : IUpdateRule
{
    public int Slots => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke<T>(
        Vector512<T> value, Vector512<T> gradient, ref Vector512<T> first, ref Vector512<T> second, ref Vector512<T> third, in StepRates<T> rates)
        where T : unmanaged
    {
        Vector512<T> blend = (first * Constant<T>.Of(Beta1)) + (gradient * Constant<T>.Of(1 - Beta1));
        first = (first * Constant<T>.Of(Beta2)) + (gradient * Constant<T>.Of(1 - Beta2));
        return value - (default(Sign).Invoke(blend) * rates.First);
    }
}
