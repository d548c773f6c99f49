namespace Nabla.Onnx;

/// <summary>A value of a model while it is computed.</summary>
internal abstract record OnnxData
{
    /// <summary>What errors call it.</summary>
    public abstract string Label { get; }
}

/// <summary>Numbers or truth values.</summary>
/// <param name="Tensor">The elements, widened.</param>
/// <param name="Type">The type of the elements as the model has it, of <see cref="OnnxTypes"/>: the elements are numbers of that type.</param>
internal sealed record TensorData(Tensor Tensor, int Type) : OnnxData
{
    public override string Label => $"a tensor of {OnnxTypes.NameOf(Type)} {Tensor.Shape}";

    /// <summary>Elements of the same type, computed from these.</summary>
    public TensorData Map(Func<Tensor, Tensor> function) => new(function(Tensor), Type);

    /// <summary>A tensor whose elements have the type of memory.</summary>
    public static TensorData Of(Tensor tensor) => new(tensor, OnnxTypes.Of(tensor.DataType));
}

/// <summary>A tensor of strings.</summary>
internal sealed record TextData(string[] Elements, Shape Shape) : OnnxData
{
    public override string Label => $"a tensor of string {Shape}";
}

/// <summary>Values one after the other.</summary>
internal sealed record SequenceData(IReadOnlyList<OnnxData> Items) : OnnxData
{
    public override string Label => $"a sequence of {Items.Count}";
}

/// <summary>A value that may be missing.</summary>
internal sealed record OptionalData(OnnxData? Content) : OnnxData
{
    public override string Label => Content is null ? "an empty optional" : $"an optional that holds {Content.Label}";
}
