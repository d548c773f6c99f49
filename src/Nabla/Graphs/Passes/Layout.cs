using Nabla.Ops.Shapes;

namespace Nabla.Graphs.Passes;

/// <summary>What rules ask about values whose last axis is that of channels.</summary>
internal static class Layout
{
    /// <summary>Whether a value is one number for each channel of another.</summary>
    public static bool IsPerChannel(Value value, Value images) => images.Type.Shape.Rank > 0 && value.Type.Shape.Rank is var rank and > 0
        && rank <= images.Type.Shape.Rank && value.Type.Shape[-1] == images.Type.Shape[-1] && value.Type.Shape.ElementCount == value.Type.Shape[-1];

    /// <summary>A value of one number for each channel as <c>[channels]</c>.</summary>
    public static Value AsVector(Value value, GraphBuilder builder) =>
        value.Type.Shape.Rank == 1 ? value : builder.Add(new Reshape([value.Type.Shape[-1]]), value)[0];

    /// <summary>The result that a value is, or whose elements it has in a shape with the same channels; null when others need it.</summary>
    /// <param name="old">The value in the graph that is rewritten.</param>
    /// <param name="value">The value in the new graph.</param>
    /// <param name="readers">The readers in the graph that is rewritten.</param>
    public static Result? Source(Value old, Value value, Readers readers)
    {
        if (value is not Result { Node: { Op: Reshape } node } result)
        {
            return value as Result;
        }

        bool alone = old is Result { Node: { Op: Reshape } shaped } && readers.IsReadOnce(shaped.Inputs[0]);
        return alone && node.Inputs[0] is Result source && source.Type.Shape is { Rank: > 0 } shape && shape[-1] == result.Type.Shape[-1] ? source : null;
    }

    /// <summary>Results in a shape of as many elements.</summary>
    public static IReadOnlyList<Value> Reshaped(IReadOnlyList<Result> results, Shape shape, GraphBuilder builder) =>
        results[0].Type.Shape == shape ? results : builder.Add(new Reshape(shape), results[0]);
}
