using Nabla.Ops.Optimizers;

namespace Nabla.Optimizers;

/// <summary>
/// <see cref="Adam"/> whose weight decay does not pass through the running means (Loshchilov and Hutter, Decoupled Weight Decay Regularization,
/// 2019).
/// </summary>
public sealed class AdamW : FusedOptimizer
{
    private readonly AdamUpdate rule;

    /// <summary>An optimizer that has taken no step.</summary>
    /// <param name="learningRate">How far one step goes.</param>
    /// <param name="weightDecay">The share of the value that is taken off in each step, times the learning rate.</param>
    /// <param name="beta1">How much of the mean gradient is kept in each step, from 0 up to 1.</param>
    /// <param name="beta2">How much of the mean square is kept in each step, from 0 up to 1.</param>
    /// <param name="epsilon">Keeps the division finite; added to the root.</param>
    /// <param name="amsGrad">Whether the largest mean square so far is divided by (Reddi et al., On the Convergence of Adam and Beyond, 2018).</param>
    public AdamW(
        double learningRate = 0.001, double weightDecay = 0.01, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, bool amsGrad = false)
        : base(learningRate)
    {
        WeightDecay = weightDecay;
        rule = AdamUpdate.Checked(beta1, beta2, epsilon, amsGrad);
    }

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
    private protected override bool DecaysValue => true;

    /// <inheritdoc/>
    private protected override (double First, double Second, double Third) Rates(double learningRate) => rule.Rates(learningRate, Step);
}
