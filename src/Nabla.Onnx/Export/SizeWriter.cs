using Nabla.Graphs.Free;

namespace Nabla.Onnx.Export;

/// <summary>Writes sizes that are known only when the model runs: they are read off the shapes of its inputs, before everything else.</summary>
/// <param name="model">The model.</param>
/// <param name="sources">For each free size an input that has it, and the axis along which it does.</param>
internal sealed class SizeWriter(ModelWriter model, IReadOnlyDictionary<string, (string Input, int Axis)> sources)
{
    private readonly NodeWriter nodes = new(model, model.Prologue);
    private readonly Dictionary<string, string> known = [];

    /// <summary>A size as an int64 list of one.</summary>
    public string Of(FreeSize size) => size.Fixed is { } number ? model.Integers(number) : Once(size.ToString(), () => Sum(size));

    /// <summary>A size as an int64 number without axes.</summary>
    public string Scalar(FreeSize size) =>
        size.Fixed is { } number ? model.Scalar(number, DataType.Int64) : Once($"scalar {size}", () => nodes.Squeeze(Of(size), 0));

    /// <summary>A shape as an int64 list.</summary>
    public string Of(FreeShape shape) => shape.Fixed is { } known
        ? model.Integers([.. known.Select(size => (long)size)])
        : Once(shape.ToString(), () => nodes.Add("Concat", shape.Select(Of), Attributes.Int("axis", 0)));

    /// <summary>The int64 numbers from 0 up to a size.</summary>
    public string Range(FreeSize size) =>
        Once($"range {size}", () => nodes.Add("Range", [model.Scalar(0, DataType.Int64), Scalar(size), model.Scalar(1, DataType.Int64)]));

    /// <summary>A number that depends on sizes, without axes.</summary>
    public string Number(FreeNumber number, DataType dataType) => Once($"{dataType.Label} {number}", () =>
    {
        string cast = nodes.Cast(Scalar(number.Size), dataType);
        return number.Inverse ? nodes.Add("Reciprocal", [cast]) : cast;
    });

    private string Sum(FreeSize size) => size.Terms.Select(Product).Aggregate(nodes.Add);

    private string Product(FreeTerm term) => term.Names.Select(Source).Aggregate(
        term.Factor == 1 && term.Names.Count > 0 ? null : model.Integers(term.Factor),
        (product, name) => product is null ? name : nodes.Multiply(product, name))!;

    private string Source(string name)
    {
        (string input, int axis) = sources[name];
        return Once($"source {name}", () => nodes.Add("Gather", [nodes.Add("Shape", [input]), model.Integers(axis)]));
    }

    private string Once(string key, Func<string> write) => known.TryGetValue(key, out string? name) ? name : known[key] = write();
}
