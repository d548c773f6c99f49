using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Optimizers;

namespace Nabla.Optimizers;

/// <summary>Stochastic gradient descent, with momentum if wanted: <c>velocity = momentum * velocity + gradient; value -= learningRate * velocity</c>.</summary>
/// <param name="learningRate">How far one step goes.</param>
/// <param name="momentum">How much of the last step is kept, from 0 up to 1.</param>
/// <param name="nesterov">
/// Whether the gradient counts once more, as if taken after the step (Sutskever et al., On the Importance of Initialization and Momentum in Deep
/// Learning, 2013).
/// </param>
public sealed class Sgd(double learningRate = 0.01, double momentum = 0, bool nesterov = false) : FusedOptimizer(learningRate)
{
    private readonly double momentum = Limits.BelowOne(momentum);

    /// <inheritdoc/>
    private protected override OptimizerStep StepOp { get; } = new OptimizerStep<SgdUpdate>(new SgdUpdate(momentum, nesterov));

    // Without momentum and decay nothing moves that has no gradient.
    private protected override bool SkipsRows => momentum == 0 && WeightDecay == 0;

    /// <inheritdoc/>
    private protected override string[] SlotNames => momentum == 0 ? [] : ["velocity"];

    /// <inheritdoc/>
    private protected override (double First, double Second, double Third) Rates(double learningRate) => (learningRate, 0, 0);
}

/// <summary>The rule of <see cref="Sgd"/>; its number is the learning rate.</summary>
internal readonly record struct SgdUpdate(double Momentum, bool Nesterov) : IUpdateRule
{
    public int Slots => Momentum == 0 ? 0 : 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke<T>(
        Vector512<T> value, Vector512<T> gradient, ref Vector512<T> first, ref Vector512<T> second, ref Vector512<T> third, in StepRates<T> rates)
        where T : unmanaged
    {
        Vector512<T> momentum = Constant<T>.Of(Momentum);
        first = (first * momentum) + gradient;
        Vector512<T> direction = Momentum == 0 ? gradient : Nesterov ? (first * momentum) + gradient : first;
        return value - (direction * rates.First);
    }
}
