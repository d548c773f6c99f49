using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Optimizers;

namespace Nabla.Optimizers;

/// <summary>
/// <see cref="Adam"/> with Nesterov's momentum, whose share grows slowly to <c>beta1</c> (Dozat, Incorporating Nesterov Momentum into Adam, 2016):
/// <c>momentum(t) = beta1 * (1 - 0.5 * 0.96^(0.004 t))</c>.
/// </summary>
/// <param name="learningRate">How far one step goes.</param>
/// <param name="beta1">How much of the mean gradient is kept in each step, from 0 up to 1.</param>
/// <param name="beta2">How much of the mean square is kept in each step, from 0 up to 1.</param>
/// <param name="epsilon">Keeps the division finite; added to the root.</param>
public sealed class Nadam(double learningRate = 0.002, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) : FusedOptimizer(learningRate)
{
    private const double MomentumGrowth = 0.004;

    private readonly NadamUpdate rule = new(Limits.BelowOne(beta1), Limits.BelowOne(beta2), Limits.NotNegative(epsilon));
    private (int Step, double Product) momenta = (0, 1);

    /// <inheritdoc/>
    private protected override OptimizerStep StepOp => new OptimizerStep<NadamUpdate>(rule);

    /// <inheritdoc/>
    private protected override string[] SlotNames => ["mean", "square"];

    /// <inheritdoc/>
    private protected override (double First, double Second, double Third) Rates(double learningRate)
    {
        double product = Product();
        double next = Momentum(Step + 1);
        return (
            learningRate * next / (1 - (product * next)),
            learningRate * (1 - Momentum(Step)) / (1 - product),
            1 / Math.Sqrt(1 - Math.Pow(rule.Beta2, Step)));
    }

    private double Momentum(int step) => rule.Beta1 * (1 - (0.5 * Math.Pow(0.96, step * MomentumGrowth)));

    // All momenta so far, always multiplied in one order, so that a run that goes on has the same bits.
    private double Product()
    {
        if (momenta.Step > Step)
        {
            momenta = (0, 1);
        }

        while (momenta.Step < Step)
        {
            momenta = (momenta.Step + 1, momenta.Product * Momentum(momenta.Step + 1));
        }

        return momenta.Product;
    }
}

/// <summary>The rule of <see cref="Nadam"/>; its numbers are the rates of the mean and of the gradient, and the root's factor.</summary>
internal readonly record struct NadamUpdate(double Beta1, double Beta2, double Epsilon) : IUpdateRule
{
    public int Slots => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke<T>(
        Vector512<T> value, Vector512<T> gradient, ref Vector512<T> first, ref Vector512<T> second, ref Vector512<T> third, in StepRates<T> rates)
        where T : unmanaged
    {
        first = (first * Constant<T>.Of(Beta1)) + (gradient * Constant<T>.Of(1 - Beta1));
        second = (second * Constant<T>.Of(Beta2)) + (gradient * gradient * Constant<T>.Of(1 - Beta2));
        Vector512<T> root = (Vector512.Sqrt(second) * rates.Third) + Constant<T>.Of(Epsilon);
        return value - (((first * rates.First) + (gradient * rates.Second)) / root);
    }
}
