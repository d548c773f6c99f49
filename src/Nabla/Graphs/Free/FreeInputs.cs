namespace Nabla.Graphs.Free;

/// <summary>Inputs as people give them, in the form that functions are traced with.</summary>
internal static class FreeInputs
{
    /// <summary>Traces a function; see <see cref="FreeGraph.Trace"/>.</summary>
    /// <exception cref="ArgumentException">There is no input, or names of inputs are missing or not different.</exception>
    public static FreeGraph Trace(Func<Tensor[], Tensor[]> function, IReadOnlyList<GraphInput> inputs, Func<Graph, Graph>? passes = null)
    {
        RequireNames(inputs);
        return FreeGraph.Trace(function, [.. inputs.Select(Argument)], Names(inputs), passes);
    }

    /// <summary>The open sizes, each with the smallest of its limits.</summary>
    public static IReadOnlyList<FreeName> Names(IReadOnlyList<GraphInput> inputs) =>
        [.. inputs.SelectMany(input => input.Sizes).Where(size => size.Name is not null)
            .GroupBy(size => size.Name!).Select(same => new FreeName(same.Key, same.Min(size => size.Largest)))];

    /// <summary>Sizes that may be open.</summary>
    public static FreeShape Shape(IReadOnlyList<GraphSize> sizes) => [.. sizes.Select(SizeOf)];

    private static FreeArgument Argument(GraphInput input) => new(input.Name, input.Type, Shape(input.Sizes));

    private static FreeSize SizeOf(GraphSize size) => size.Name is { } name ? name : size.Number ?? throw new ArgumentException("A size of an input is a number or a name.");

    private static void RequireNames(IReadOnlyList<GraphInput> inputs)
    {
        string[] names = [.. inputs.Select(input => input.Name)];
        if (names.Length == 0 || names.Any(string.IsNullOrEmpty) || names.Distinct().Count() < names.Length)
        {
            throw new ArgumentException($"A graph has one input at least, each with a name of its own, but got [{string.Join(", ", names)}].", nameof(inputs));
        }
    }
}
