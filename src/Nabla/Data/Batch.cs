namespace Nabla.Data;

/// <summary>Several samples, stacked along a first axis.</summary>
/// <param name="Inputs">The inputs of the model, each <c>[batch, ...]</c>.</param>
/// <param name="Targets">What the model should answer, <c>[batch, ...]</c>; null when it is not known.</param>
/// <param name="Weights">How much each sample counts, <c>[batch]</c>; null when all count the same.</param>
public sealed record Batch(IReadOnlyList<Tensor> Inputs, Tensor? Targets = null, Tensor? Weights = null)
{
    /// <summary>A batch of a model with one input.</summary>
    public Batch(Tensor input, Tensor? targets = null, Tensor? weights = null)
        : this([input], targets, weights)
    {
    }

    /// <summary>The number of samples.</summary>
    public int Count => Inputs[0].Shape[0];

    /// <summary>The input of a model that has one.</summary>
    public Tensor Input => Inputs.Count == 1 ? Inputs[0] : throw new InvalidOperationException($"This batch has {Inputs.Count} inputs, not one.");
}
