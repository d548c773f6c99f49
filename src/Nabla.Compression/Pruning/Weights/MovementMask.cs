using Nabla.Layers;
using Nabla.Transforms;

namespace Nabla.Compression;

/// <summary>
/// A mask that follows learnt scores: their gradient is that of the weight times the weight, as if the mask were the scores themselves (a straight-through
/// estimate: Sanh et al., Movement Pruning: Adaptive Sparsity by Fine-Tuning, 2020, arXiv 2005.07683, section 4). So a weight counts that moves away from zero.
/// </summary>
internal sealed class MovementMask : PruningMask
{
    /// <summary>What stands behind the name of the weight for the scores.</summary>
    public const string ScoresSuffix = "scores";

    private Parameter? scores;

    /// <inheritdoc/>
    public override Tensor Scores => scores!.Value;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor original)
    {
        ArgumentNullException.ThrowIfNull(original);
        (Tensor constant, Tensor known) = Tape.Pause(() => (-(-original), -(-Scores)));

        // The second term is zero; its gradient is what the scores learn from.
        return (original * Mask) + (constant * (Scores - known));
    }

    /// <inheritdoc/>
    protected internal override void Attach(Parameter parameter)
    {
        base.Attach(parameter);
        scores = Register(parameter, ScoresSuffix, Tensor.Zeros(parameter.Type.Shape, parameter.Type.DataType));
        scores.Trainable = true;
    }
}
