using Nabla.Ops;

namespace Nabla.Graphs.Json;

/// <summary>
/// The attributes of an op, by name. An op's form asks for each once, and makes the op of the answers: when a graph is written they come from the op and
/// are noted, when it is read they come from the JSON and are checked. So each attribute stands in one place.
/// </summary>
/// <typeparam name="TOp">The op.</typeparam>
internal abstract class OpAttributes<TOp>
    where TOp : Op
{
    /// <summary>A whole number that no open size changes.</summary>
    public abstract int Integer(string name, Func<TOp, int> of, int least = 0);

    /// <summary>A whole number that may be absent.</summary>
    public abstract int? OptionalInteger(string name, Func<TOp, int?> of);

    /// <summary>A size, which may depend on open ones.</summary>
    public abstract int Size(string name, Func<TOp, int> of);

    /// <summary>A number, finite or not.</summary>
    public abstract double Number(string name, Func<TOp, double> of);

    /// <summary>True or false; false is left out.</summary>
    public abstract bool Flag(string name, Func<TOp, bool> of);

    /// <summary>One of the names of an enumeration.</summary>
    public abstract TEnum Choice<TEnum>(string name, Func<TOp, TEnum> of)
        where TEnum : struct, Enum;

    /// <summary>Sizes, which may depend on open ones.</summary>
    public abstract Shape Sizes(string name, Func<TOp, Shape> of);

    /// <summary>Whole numbers that no open size changes.</summary>
    public abstract int[] Integers(string name, Func<TOp, int[]> of, int count, int least = 0);

    /// <summary>An axis of the first input, counted from the front.</summary>
    public abstract int Axis(string name, Func<TOp, int> of);

    /// <summary>Axes of the first input, counted from the front; each once, ascending if asked for.</summary>
    public abstract Shape Axes(string name, Func<TOp, Shape> of, bool ascending);

    /// <summary>A graph within the op.</summary>
    public abstract Graph Inner(string name, Func<TOp, Graph> of);
}
