using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Optimizers;

namespace Nabla.Optimizers;

/// <summary>Steps scaled by running means of the gradient and of its square (Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015).</summary>
/// <param name="learningRate">How far one step goes.</param>
/// <param name="beta1">How much of the mean gradient is kept in each step, from 0 up to 1.</param>
/// <param name="beta2">How much of the mean square is kept in each step, from 0 up to 1.</param>
/// <param name="epsilon">Keeps the division finite; added to the root.</param>
/// <param name="amsGrad">Whether the largest mean square so far is divided by (Reddi et al., On the Convergence of Adam and Beyond, 2018).</param>
public sealed class Adam(double learningRate = 0.001, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, bool amsGrad = false)
    : FusedOptimizer(learningRate)
{
    private readonly AdamUpdate rule = AdamUpdate.Checked(beta1, beta2, epsilon, amsGrad);

    /// <summary>
    /// Whether a step leaves the rows of an <see cref="Layers.Embedding"/> alone which the batch did not read, and what is remembered of them: its cost then grows with
    /// the rows that were read, not with the table. Else, and by default, their running means fade in each step and go on moving them, as Adam is
    /// defined. Other parameters do not notice.
    /// </summary>
    public bool Lazy { get; init; }

    /// <inheritdoc/>
    private protected override OptimizerStep StepOp => new OptimizerStep<AdamUpdate>(rule);

    /// <inheritdoc/>
    private protected override bool SkipsRows => Lazy;

    /// <inheritdoc/>
    private protected override string[] SlotNames => rule.SlotNames;

    /// <inheritdoc/>
    private protected override (double First, double Second, double Third) Rates(double learningRate) => rule.Rates(learningRate, Step);
}

/// <summary>
/// The rule of <see cref="Adam"/> and <see cref="AdamW"/>; its numbers are the learning rate and the root's factor, both corrected for means that
/// began at 0.
/// </summary>
internal readonly record struct AdamUpdate(double Beta1, double Beta2, double Epsilon, bool AmsGrad) : IUpdateRule
{
    public int Slots => AmsGrad ? 3 : 2;

    public string[] SlotNames => AmsGrad ? ["mean", "square", "largest"] : ["mean", "square"];

    public static AdamUpdate Checked(double beta1, double beta2, double epsilon, bool amsGrad) =>
        new(Limits.BelowOne(beta1), Limits.BelowOne(beta2), Limits.NotNegative(epsilon), amsGrad);

    public (double First, double Second, double Third) Rates(double learningRate, int step) =>
        (learningRate / (1 - Math.Pow(Beta1, step)), 1 / Math.Sqrt(1 - Math.Pow(Beta2, step)), 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke<T>(
        Vector512<T> value, Vector512<T> gradient, ref Vector512<T> first, ref Vector512<T> second, ref Vector512<T> third, in StepRates<T> rates)
        where T : unmanaged
    {
        first = (first * Constant<T>.Of(Beta1)) + (gradient * Constant<T>.Of(1 - Beta1));
        second = (second * Constant<T>.Of(Beta2)) + (gradient * gradient * Constant<T>.Of(1 - Beta2));
        third = AmsGrad ? Vector512.Max(third, second) : third;
        Vector512<T> root = Vector512.Sqrt(AmsGrad ? third : second) * rates.Second;
        return value - (first * rates.First / (root + Constant<T>.Of(Epsilon)));
    }
}
