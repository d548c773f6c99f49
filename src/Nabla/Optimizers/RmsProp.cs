using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Optimizers;

namespace Nabla.Optimizers;

/// <summary>
/// Steps divided by the root of a running mean of the squared gradient (Tieleman and Hinton, Lecture 6.5 of Neural Networks for Machine
/// Learning, 2012), with momentum if wanted.
/// </summary>
/// <param name="learningRate">How far one step goes.</param>
/// <param name="decay">How much of the mean square is kept in each step, from 0 up to 1.</param>
/// <param name="momentum">How much of the last step is kept, from 0 up to 1.</param>
/// <param name="epsilon">Keeps the division finite; added to the root.</param>
/// <param name="centered">
/// Whether the variance is divided by instead of the mean square (Graves, Generating Sequences with Recurrent Neural Networks, 2013).
/// </param>
public sealed class RmsProp(double learningRate = 0.001, double decay = 0.9, double momentum = 0, double epsilon = 1e-8, bool centered = false)
    : FusedOptimizer(learningRate)
{
    private readonly RmsPropUpdate rule = new(Limits.BelowOne(decay), Limits.BelowOne(momentum), Limits.NotNegative(epsilon), centered);

    /// <inheritdoc/>
    private protected override OptimizerStep StepOp => new OptimizerStep<RmsPropUpdate>(rule);

    /// <inheritdoc/>
    private protected override string[] SlotNames => (rule.Centered, rule.Momentum != 0) switch
    {
        (false, false) => ["square"],
        (false, true) => ["square", "velocity"],
        (true, false) => ["square", "mean"],
        (true, true) => ["square", "mean", "velocity"],
    };

    /// <inheritdoc/>
    private protected override (double First, double Second, double Third) Rates(double learningRate) => (learningRate, 0, 0);
}

/// <summary>The rule of <see cref="RmsProp"/>; its number is the learning rate.</summary>
internal readonly record struct RmsPropUpdate(double Decay, double Momentum, double Epsilon, bool Centered) : IUpdateRule
{
    public int Slots => 1 + (Centered ? 1 : 0) + (Momentum != 0 ? 1 : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke<T>(
        Vector512<T> value, Vector512<T> gradient, ref Vector512<T> first, ref Vector512<T> second, ref Vector512<T> third, in StepRates<T> rates)
        where T : unmanaged
    {
        Vector512<T> decay = Constant<T>.Of(Decay);
        Vector512<T> rest = Constant<T>.Of(1 - Decay);
        first = (first * decay) + (gradient * gradient * rest);
        Vector512<T> square = first;
        if (Centered)
        {
            // Rounding may leave a variance of nothing below 0.
            second = (second * decay) + (gradient * rest);
            square = Vector512.Max(first - (second * second), Vector512<T>.Zero);
        }

        Vector512<T> step = gradient / (Vector512.Sqrt(square) + Constant<T>.Of(Epsilon));
        if (Momentum != 0)
        {
            step += (Centered ? third : second) * Constant<T>.Of(Momentum);
            second = Centered ? second : step;
            third = step;
        }

        return value - (step * rates.First);
    }
}
