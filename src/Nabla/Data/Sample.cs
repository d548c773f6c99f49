namespace Nabla.Data;

/// <summary>One thing to learn from: what goes in, what should come out, and how much it counts.</summary>
/// <param name="Inputs">The inputs of the model, each without a batch axis.</param>
/// <param name="Target">What the model should answer; null when it is not known.</param>
/// <param name="Weight">How much this sample counts, a scalar; null for 1.</param>
public sealed record Sample(IReadOnlyList<Tensor> Inputs, Tensor? Target = null, Tensor? Weight = null)
{
    /// <summary>A sample of a model with one input.</summary>
    public Sample(Tensor input, Tensor? target = null, Tensor? weight = null)
        : this([input], target, weight)
    {
    }

    /// <summary>The input of a model that has one.</summary>
    public Tensor Input => Inputs.Count == 1 ? Inputs[0] : throw new InvalidOperationException($"This sample has {Inputs.Count} inputs, not one.");
}
