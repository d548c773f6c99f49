using Nabla.Graphs.Free;

namespace Nabla.Graphs;

/// <summary>An output of a function that was traced for open sizes.</summary>
public sealed record GraphOutput
{
    internal GraphOutput(string name, DataType type, FreeShape shape) => (Name, Type, Shape) = (name, type, shape);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The type of its elements.</summary>
    public DataType Type { get; }

    /// <summary>Its sizes, -1 where one depends on an open size of the inputs.</summary>
    public IReadOnlyList<int> Dimensions => [.. Shape.Select(size => size.Fixed ?? -1)];

    /// <summary>Its sizes in terms of the open ones.</summary>
    internal FreeShape Shape { get; }

    /// <summary>As in <c>scores float32 [batch, 10]</c>.</summary>
    public override string ToString() => $"{Name} {Type.Label} {Shape}";
}
