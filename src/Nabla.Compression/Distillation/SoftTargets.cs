using Nabla.Losses;

namespace Nabla.Compression;

/// <summary>How far a student's answers are from its teacher's.</summary>
internal static class SoftTargets
{
    /// <summary>
    /// <c>T^2 * KL(softmax(teacher / T), softmax(student / T))</c> for each sample, <c>[batch]</c>, the mean over its steps: the factor keeps gradients of one
    /// size whatever the temperature (Hinton et al. 2015, section 2). Of numbers the mean square of the difference.
    /// </summary>
    /// <param name="outputs">What the student answers, <c>[batch, ..., classes]</c>.</param>
    /// <param name="teacher">The teacher's logits or numbers, of the same shape.</param>
    /// <param name="options">Temperature, and what the outputs are.</param>
    public static Tensor Difference(Tensor outputs, Tensor teacher, DistillationOptions options)
    {
        if (options.AnswersAreNumbers)
        {
            return PerSample((outputs - teacher.To(outputs.DataType)).Square());
        }

        double temperature = options.Temperature;
        Tensor logits = options.FromLogits ? outputs : Logits.OfSoftmax(outputs);
        Tensor taught = (teacher.To(logits.DataType) / temperature).LogSoftmax();
        Tensor rows = (taught.Exp() * (taught - (logits / temperature).LogSoftmax())).Sum([-1]);
        return PerSample(rows) * (temperature * temperature);
    }

    private static Tensor PerSample(Tensor values) => values.Rank == 1 ? values : values.Reshape(values.Shape[0], -1).Mean([1]);
}
