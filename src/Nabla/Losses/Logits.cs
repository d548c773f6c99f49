using Nabla.Transforms;

namespace Nabla.Losses;

/// <summary>Goes from probabilities back to logits: to the very tensor that a softmax or a sigmoid took, or by logarithms.</summary>
internal static class Logits
{
    /// <summary>Keeps logarithms finite where a probability is 0, and changes none above 1e-23.</summary>
    public const double Tiny = 1e-30;

    /// <summary>Logits whose softmax over the last axis is the outputs, scaled to sum to 1.</summary>
    public static Tensor OfSoftmax(Tensor outputs) => outputs.SoftmaxOf is { } logits && !Tape.Misses(logits, outputs)
        ? logits
        : (outputs + Tiny).Log();

    /// <summary>Logits whose sigmoid is the outputs.</summary>
    public static Tensor OfSigmoid(Tensor outputs) => outputs.SigmoidOf is { } logits && !Tape.Misses(logits, outputs)
        ? logits
        : (outputs + Tiny).Log() - (1 - outputs + Tiny).Log();
}
