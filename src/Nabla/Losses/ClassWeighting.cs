namespace Nabla.Losses;

/// <summary>Weights of classes that losses are given.</summary>
internal static class ClassWeighting
{
    /// <summary>A copy of the weights, each 0 or more.</summary>
    public static double[]? Checked(IReadOnlyList<double>? classWeights) =>
        classWeights is null ? null : [.. classWeights.Select((weight, index) => Limits.NotNegative(weight, $"classWeights[{index}]"))];

    /// <summary>The weights as a row that broadcasts over outputs, <c>[classes]</c>.</summary>
    /// <exception cref="ArgumentException">There is not one weight for each class.</exception>
    public static Tensor Row(double[] classWeights, Tensor outputs) => classWeights.Length == outputs.Shape[-1]
        ? Tensor.From(classWeights).To(outputs.DataType)
        : throw new ArgumentException($"There are {classWeights.Length} class weights, but the outputs {outputs.Shape} have {outputs.Shape[-1]}.");
}
