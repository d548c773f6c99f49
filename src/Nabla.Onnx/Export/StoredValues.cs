using Nabla.Graphs;
using Nabla.Graphs.Free;

namespace Nabla.Onnx.Export;

/// <summary>
/// Where the values of a graph stand in the written one. A value may stand there with its axes in another order, its form: images as the format has
/// them, <c>[batch, channels, height, width]</c>, or sequences as recurrent operators have them, <c>[time, batch, features]</c>. It is turned around
/// only when somebody wants it so, which between two convolutions is nobody.
/// </summary>
internal sealed class StoredValues(FreeGraph graph, Baking baking, SizeWriter sizes, NodeWriter nodes)
{
    private readonly Dictionary<Value, List<(Shape Form, string Name)>> stored = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, FlatImages> flat = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, Func<Shape, string>> makers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, string> last = new(ReferenceEqualityComparer.Instance);

    /// <summary>Axes in the order that they have.</summary>
    public static Shape Natural(int rank) => Enumerable.Range(0, rank).ToArray();

    /// <summary>Says where a value stands.</summary>
    public void Define(Value value, string name, Shape? form = null) =>
        (stored.TryGetValue(value, out List<(Shape, string)>? known) ? known : stored[value] = []).Add((form ?? Natural(value.Type.Shape.Rank), name));

    /// <summary>Says that a value <c>[batch, height * width * channels]</c> stands there as images whose channels come first, in rows.</summary>
    public void Define(Value value, FlatImages images) => flat[value] = images;

    /// <summary>Says how a value is written in a form, once somebody reads it.</summary>
    public void Define(Value value, Func<Shape, string> write) => makers[value] = write;

    /// <summary>Says where the last state of a sequence of states stands, <c>[1, batch, units]</c>.</summary>
    public void DefineLast(Value states, string name) => last[states] = name;

    /// <summary>The last state of a sequence of states.</summary>
    public string LastOf(Value states) => last[states];

    /// <summary>The images in rows that a value is, as long as nobody wanted it otherwise.</summary>
    public FlatImages? FlatOf(Value value) => stored.ContainsKey(value) ? null : flat.GetValueOrDefault(value);

    /// <summary>The form that a value stands in where it does not stand in its natural one; null where it does, or can at no cost.</summary>
    public Shape? FormOf(Value value) => stored.TryGetValue(value, out List<(Shape Form, string)>? known) && known[0].Form != Natural(known[0].Form.Rank)
        && known.TrueForAll(entry => entry.Form != Natural(entry.Form.Rank)) ? known[0].Form : null;

    /// <summary>The name of a value in its natural form.</summary>
    public string In(Value value) => In(value, Natural(value.Type.Shape.Rank));

    /// <summary>The name of a value in a form.</summary>
    /// <param name="value">The value.</param>
    /// <param name="form">The form.</param>
    /// <param name="wish">What a tensor of the model should be called; null for the usual name.</param>
    public string In(Value value, Shape form, string? wish = null)
    {
        if (Find(value, form) is { } name)
        {
            return name;
        }

        string made = makers.TryGetValue(value, out Func<Shape, string>? write) ? write(form)
            : baking.Of(value) is { } tensor
            ? nodes.Model.Weight(wish ?? Baking.NameOf(value), form == Natural(form.Rank) ? tensor : tensor.Transpose([.. form]))
            : Turned(value, form);
        Define(value, made, form);
        return made;
    }

    /// <summary>Any name of a value whose elements come in their natural order, whatever the axes of size 1; with its shape as it stands there.</summary>
    public (string Name, FreeShape Shape) InOrder(Value value)
    {
        FreeShape shape = graph.ShapeOf(value);
        if (stored.TryGetValue(value, out List<(Shape Form, string Name)>? known))
        {
            foreach ((Shape form, string name) in known)
            {
                int[] moved = [.. form.Where(axis => shape[axis].Fixed != 1)];
                if (moved.SequenceEqual(moved.Order()))
                {
                    return (name, [.. form.Select(axis => shape[axis])]);
                }
            }
        }

        return (In(value), shape);
    }

    /// <summary>An operand of an elementwise operator in the form that the others have, its axes fewer than theirs perhaps.</summary>
    /// <param name="value">The operand.</param>
    /// <param name="form">The form of the result.</param>
    public string Operand(Value value, Shape form)
    {
        int rank = value.Type.Shape.Rank;
        if (rank == form.Rank)
        {
            return In(value, form);
        }

        int missing = form.Rank - rank;
        if (value.Type.Shape.ElementCount == 1 || form.Skip(missing).SequenceEqual(Enumerable.Range(missing, rank)))
        {
            return In(value);
        }

        return baking.Of(value) is { } tensor
            ? nodes.Model.Weight(Baking.NameOf(value), WithoutLeadingOnes(tensor.Reshape([.. Enumerable.Repeat(1, missing), .. tensor.Shape]).Transpose([.. form])))
            : nodes.Transpose(nodes.Unsqueeze(In(value), [.. Enumerable.Range(0, missing).Select(axis => (long)axis)]), form);
    }

    private static Tensor WithoutLeadingOnes(Tensor tensor) => tensor.Reshape([.. tensor.Shape.SkipWhile(size => size == 1)]);

    private string? Find(Value value, Shape form) =>
        stored.TryGetValue(value, out List<(Shape Form, string Name)>? known) ? known.Find(entry => entry.Form == form).Name : null;

    private string Turned(Value value, Shape form)
    {
        if (!stored.TryGetValue(value, out List<(Shape Form, string Name)>? known))
        {
            Define(value, First(value));
            return In(value, form);
        }

        (Shape from, string name) = known[0];
        return nodes.Transpose(name, form.Select(axis => from.ToList().IndexOf(axis)));
    }

    // The natural form of what nobody defined: constants of free shape, and images in rows that somebody wants in their natural order after all.
    private string First(Value value)
    {
        if (flat.TryGetValue(value, out FlatImages? images))
        {
            return nodes.Reshape(nodes.Transpose(images.Images, 0, 2, 3, 1), 0, -1);
        }

        return value is Constant constant
            ? FreeConstantWriter.Write(graph.ConstantOf(constant), sizes, nodes)
            : throw new InvalidOperationException($"{value.Origin} is read before it is written.");
    }
}

/// <summary>Images <c>[batch, channels, height, width]</c>, and the same in rows <c>[batch, channels * height * width]</c>.</summary>
/// <param name="Images">The name of the images.</param>
/// <param name="Rows">The name of the rows.</param>
/// <param name="Sizes">Height, width and channels.</param>
internal sealed record FlatImages(string Images, string Rows, Shape Sizes);
