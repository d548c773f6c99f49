using System.Collections.Immutable;
using Nabla.Layers;

namespace Nabla.Formats;

/// <summary>One input or output of a model.</summary>
/// <param name="Name">What callers say, such as <c>image</c>.</param>
/// <param name="Shape">The shape of one sample, without the batch axis that stands before it.</param>
/// <param name="Type">The type of its elements.</param>
public sealed record SignatureTensor(string Name, Shape Shape, DataType Type)
{
    /// <summary>What logs may show of it, where it is a text; null for nothing.</summary>
    public FieldClassification? Classification { get; init; }

    /// <summary>What logs may show of the columns of a table that it is made from, by their names; nothing of those that are not here.</summary>
    public IReadOnlyDictionary<string, FieldClassification> Columns { get; init; } = ImmutableDictionary<string, FieldClassification>.Empty;

    /// <summary>What logs may show of a column; null for nothing.</summary>
    /// <param name="column">Its name.</param>
    public FieldClassification? ClassificationOf(string column) => Columns.TryGetValue(column, out FieldClassification known) ? known : null;
}

/// <summary>What a field of a model's input tells, which decides what logs may show of it.</summary>
public enum FieldClassification
{
    /// <summary>Nothing of a person: it may be shown.</summary>
    Public,

    /// <summary>Something of a person: it may be shown by a mask, the same for the same value.</summary>
    Personal,

    /// <summary>What nobody is to read.</summary>
    Sensitive,
}

/// <summary>What goes into a model and what comes out.</summary>
/// <param name="Inputs">In the order of the model's arguments.</param>
/// <param name="Outputs">In the order of its results.</param>
public sealed record ModelSignature(IReadOnlyList<SignatureTensor> Inputs, IReadOnlyList<SignatureTensor> Outputs)
{
    /// <summary>The signature of a network with one input and one output, of the floating-point type that its parameters have.</summary>
    /// <param name="network">The network.</param>
    /// <param name="input">The name of its input.</param>
    /// <param name="output">The name of its output.</param>
    public static ModelSignature Of(Sequential network, string input = "input", string output = "output")
    {
        ArgumentNullException.ThrowIfNull(network);
        DataType computed = network.Parameters.Select(parameter => parameter.Type.DataType).FirstOrDefault(type => type.IsFloating, DataType.Float32);
        return new ModelSignature(
            [new SignatureTensor(input, network.InputShape, network.InputType == DataType.Float32 ? computed : network.InputType)],
            [new SignatureTensor(output, network.OutputShape, computed)]);
    }
}
