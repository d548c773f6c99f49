namespace Nabla.Keras.Weights;

/// <summary>A weight as Keras has it, and the parameters of Nabla's layer that it holds.</summary>
/// <param name="Holder">The part of the layer that has it, such as <c>cell</c>; empty for the layer itself.</param>
/// <param name="Name">Its name within that part, such as <c>kernel</c>.</param>
/// <param name="Parameters">The names of the parameters within Nabla's layer.</param>
internal sealed record KerasVariable(string Holder, string Name, params string[] Parameters)
{
    /// <summary>The parameters from the weight, in order; where they are more than one or of another layout.</summary>
    public Func<Tensor, Tensor[]> Split { get; init; } = value => [value];

    /// <summary>The weight from the parameters.</summary>
    public Func<Tensor[], Tensor> Join { get; init; } = values => values[0];
}
