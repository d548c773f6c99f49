namespace Nabla.Layers;

/// <summary>
/// Parallel branches joined on the last axis: the channels of the first, then those of the second, and so on (as in Szegedy et al., Going Deeper
/// with Convolutions, 2015). With an empty <see cref="Chain"/> as the first branch it is a dense connection (Huang et al., 2017).
/// </summary>
/// <param name="branches">Layers whose outputs differ in the last axis alone.</param>
public sealed class Concatenated(params Layer[] branches) : Join(branches)
{
    private protected override string Condition => "differ in the last axis alone";

    private protected override Shape? JoinedShape(Shape[] outputs) => JoinKind.Concatenate.ShapeOf(-1, outputs);

    private protected override Tensor JoinAll(Tensor[] outputs) => JoinKind.Concatenate.Apply(-1, outputs);
}

/// <summary>The sum of parallel branches.</summary>
/// <param name="branches">Layers whose outputs have one shape.</param>
public sealed class Added(params Layer[] branches) : Join(branches)
{
    private protected override Tensor JoinAll(Tensor[] outputs) => JoinKind.Add.Apply(-1, outputs);
}

/// <summary>The product, element by element, of parallel branches: a gate.</summary>
/// <param name="branches">Layers whose outputs have one shape.</param>
public sealed class Multiplied(params Layer[] branches) : Join(branches)
{
    private protected override Tensor JoinAll(Tensor[] outputs) => JoinKind.Multiply.Apply(-1, outputs);
}

/// <summary>The mean of parallel branches.</summary>
/// <param name="branches">Layers whose outputs have one shape.</param>
public sealed class Averaged(params Layer[] branches) : Join(branches)
{
    private protected override Tensor JoinAll(Tensor[] outputs) => JoinKind.Average.Apply(-1, outputs);
}
