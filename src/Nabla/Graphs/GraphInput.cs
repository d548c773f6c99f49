namespace Nabla.Graphs;

/// <summary>An input of a function that is traced for open sizes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Sizes">Its sizes; those of one name are one size, whichever input has it.</param>
/// <example><code>GraphInput tokens = new("tokens", DataType.Int32, "batch", GraphSize.UpTo("time", 128));</code></example>
public sealed record GraphInput(string Name, DataType Type, params IReadOnlyList<GraphSize> Sizes)
{
    /// <summary>As in <c>tokens int32 [batch, time]</c>.</summary>
    public override string ToString() => $"{Name} {Type.Label} [{string.Join(", ", Sizes)}]";
}
